"""From the sets of classes that workers gave to one set a task. Classes are numbered 0, 1, … in the
order of their permanent numbers."""

import io
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL
from quality.aggregation.sets import Cells, Lesson, Rates, SetFit, SetJudge, Sets, fit_sets
from quality.kinds.matrix import AnswerMatrix, Floats, Ints

RATES = ("worker_hit", "worker_slip", "kind_hit", "kind_slip", "shares")
PAIRS = ("pair_worker", "pair_kind", "pair_hit", "pair_slip")

KEPT_PAIRS = 2**17
"""Pairs of worker and class whose own rates are kept for answers that come later, where workers and
classes alone say least; the others go by those."""


def kinds_of(matrix: AnswerMatrix) -> Ints:
    """(classes,) their permanent numbers, rising."""
    return np.array(sorted(each["number"] for each in matrix.schema["classes"]), dtype=np.int64)


def sets_of(matrix: AnswerMatrix) -> Sets:
    """The values of the matrix, by the places of classes."""
    place_of = {number: place for place, number in enumerate(kinds_of(matrix).tolist())}
    return Sets.of([place_of[number] for number in value] for value in matrix.values)


def cells_of(matrix: AnswerMatrix, sets: Sets) -> Cells:
    return Cells.of(
        matrix.task,
        matrix.worker,
        matrix.answer,
        sets,
        np.where(matrix.told == NO_LABEL, -1, matrix.told),
        n_workers=len(matrix.worker_ids),
        n_kinds=len(kinds_of(matrix)),
    )


def fit_matrix(matrix: AnswerMatrix, method: str) -> SetFit:
    """The method of this name on all answers."""
    sets = sets_of(matrix)
    known = np.where(matrix.told == NO_LABEL, -1, matrix.told)
    return fit_sets(cells_of(matrix, sets), sets, known, method, matrix.prior)


def judge_matrix(matrix: AnswerMatrix, fitted: bytes | None) -> SetFit:
    """What an earlier fit says of these answers."""
    cells = cells_of(matrix, sets_of(matrix))
    judge = SetJudge.beginner(cells) if fitted is None else _unpacked(fitted, matrix)
    return judge.fit(cells)


def packed(matrix: AnswerMatrix, judge: SetJudge) -> bytes:
    """A judge, and the workers and classes it knows, as they are stored."""
    rates, lesson = judge.rates, judge.lesson
    parts: dict[str, Any] = {name: getattr(rates, name).astype(np.float32) for name in RATES}
    kept = _telling(rates)
    parts |= {name: getattr(rates, name)[kept].astype(np.int32) for name in PAIRS[:2]}
    parts |= {name: getattr(rates, name)[kept].astype(np.float16) for name in PAIRS[2:]}
    scalars = [rates.hit, rates.slip, rates.correlation, lesson.power, lesson.set_power, lesson.set_shift, lesson.known]
    parts |= {"scalars": np.array(scalars), "shifts": lesson.shifts.astype(np.float32), "method": judge.method}
    buffer = io.BytesIO()
    parts |= {"thresholds": judge.thresholds.astype(np.float32), "kinds": kinds_of(matrix)}
    np.savez_compressed(buffer, worker_ids=matrix.worker_ids, **parts)
    return buffer.getvalue()


def _telling(rates: Rates) -> Ints:
    """The pairs whose own rates say most, in their order."""
    if len(rates.pair_hit) <= KEPT_PAIRS:
        return np.arange(len(rates.pair_hit))
    said = np.abs(rates.pair_hit) + np.abs(rates.pair_slip)
    return np.sort(np.argsort(-said, kind="stable")[:KEPT_PAIRS])


def _unpacked(fitted: bytes, matrix: AnswerMatrix) -> SetJudge:
    """The judge for the workers and classes of a matrix; those it does not know are as the crowd
    is."""
    with np.load(io.BytesIO(fitted), allow_pickle=False) as loaded:
        parts = {name: each.astype(np.float64) if each.dtype.kind == "f" else each for name, each in loaded.items()}
    hit, slip, correlation, power, set_power, set_shift, known = parts["scalars"].tolist()
    workers = places_among(parts["worker_ids"], matrix.worker_ids)
    kinds = places_among(parts["kinds"], kinds_of(matrix))
    rates = Rates(
        hit,
        slip,
        _at(parts["worker_hit"], workers, 0.0),
        _at(parts["worker_slip"], workers, 0.0),
        _at(parts["kind_hit"], kinds, 0.0),
        _at(parts["kind_slip"], kinds, 0.0),
        *_moved(parts, workers, kinds),
        _at(parts["shares"], kinds, 1 / (len(kinds) + 1)),
        correlation,
    )
    lesson = Lesson(_at(parts["shifts"], kinds, 0.0), power, set_power, set_shift, int(known))
    thresholds = _at(parts["thresholds"], kinds, float(np.median(parts["thresholds"])))
    return SetJudge(str(parts["method"]), rates, lesson, thresholds)


def places_among(known: Ints, asked: Ints) -> Ints:
    """The place of each that is asked for among the known ones, which are in order; -1 where it is
    not there."""
    places = np.searchsorted(known, asked)
    return np.where(np.isin(asked, known), places, -1)


def _at(values: Floats, places: Ints, otherwise: float) -> Floats:
    return np.append(values, otherwise)[places]


def _moved(parts: dict[str, Any], workers: Ints, kinds: Ints) -> tuple[Ints, Ints, Floats, Floats]:
    """The pairs that are asked for, by their places there, in order."""
    worker_at, kind_at = (_inverse(each, len(parts[n])) for each, n in ((workers, "worker_ids"), (kinds, "kinds")))
    worker, kind = worker_at[parts["pair_worker"]], kind_at[parts["pair_kind"]]
    order = np.lexsort((kind, worker))
    order = order[(worker[order] >= 0) & (kind[order] >= 0)]
    return worker[order], kind[order], parts["pair_hit"][order], parts["pair_slip"][order]


def _inverse(places: Ints, n: int) -> Ints:
    back = np.full(n, -1, dtype=np.int64)
    asked = np.flatnonzero(places >= 0)
    back[places[asked]] = asked
    return back
