"""How far each worker can be trusted: against gold where there is some, against the labels
elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import F, Q

from crowd.batches import batches
from quality.aggregation import NO_LABEL, Fit
from quality.aggregation.fit import Basis
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit
from quality.models import GoldAnswer, WorkerScore
from quality.reliability import score_accuracy
from tasks.models import Response

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_CLASSES_SHOWN = 50


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """What the answers of each worker come to, (workers,) each."""

    answers: Ints
    right: Floats
    seen: Ints
    gold_right: Ints
    gold_seen: Ints
    gold_score: Floats


def worker_scores(matrix: AnswerMatrix, fit: KindFit, evidence: Sequence[Mapping[str, Any]] = ()) -> list[WorkerScore]:
    """One score per worker with an answer, in the order of `matrix.worker_ids`.

    Reliability is the share of right answers with a 95% credible interval, in which what was known
    of the worker beforehand counts as some answers more. `evidence` holds for each worker what was
    found, flag → what speaks for it.
    """
    tallies = tally(matrix, fit, _tests_passed_beforehand(matrix))
    known_right, known_seen = matrix.prior
    reliability = score_accuracy(tallies.right + known_right, tallies.seen + known_seen)
    medians = _median_seconds(matrix).tolist()
    found = list(evidence) or [{}] * len(matrix.worker_ids)
    columns = {
        "worker_id": matrix.worker_ids.tolist(),
        "responses": tallies.answers.tolist(),
        "reliability": reliability.value.tolist(),
        "reliability_low": reliability.low.tolist(),
        "reliability_high": reliability.high.tolist(),
        "gold_right": tallies.gold_right.tolist(),
        "gold_seen": tallies.gold_seen.tolist(),
        "gold_score": tallies.gold_score.tolist(),
        "confusion": _confusion(fit.classes, matrix),
        "median_seconds": [None if np.isnan(median) else median for median in medians],
        "flags": [list(each) for each in found],
        "evidence": [dict(each) for each in found],
    }
    return [WorkerScore(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def tally(matrix: AnswerMatrix, fit: KindFit, beforehand: npt.NDArray[np.bool_]) -> Tallies:
    """Tasks that only this worker answered say nothing about the worker and are left out.
    `beforehand` (answers,) says which answers are no test, though on gold."""
    n = len(matrix.worker_ids)
    on_gold = ~np.isnan(fit.on_gold) & ~beforehand
    shared = np.bincount(matrix.task, minlength=len(matrix.task_ids))[matrix.task] > 1
    telling = shared | (matrix.known != NO_LABEL)[matrix.task]
    return Tallies(
        answers=np.bincount(matrix.worker, minlength=n),
        right=np.bincount(matrix.worker[telling], weights=fit.right[telling], minlength=n).astype(np.float64),
        seen=np.bincount(matrix.worker[telling], minlength=n),
        gold_right=np.bincount(matrix.worker[on_gold & (fit.on_gold >= fit.right_from)], minlength=n),
        gold_seen=np.bincount(matrix.worker[on_gold], minlength=n),
        gold_score=np.bincount(matrix.worker[on_gold], weights=fit.on_gold[on_gold], minlength=n).astype(np.float64),
    )


def _tests_passed_beforehand(matrix: AnswerMatrix) -> npt.NDArray[np.bool_]:
    """(answers,) those that came before their task was promoted to gold: they made it so, and would
    pass for right."""
    promoted = Q(task__gold__origin=GoldAnswer.Origin.PROMOTED, received_at__lt=F("task__gold__created_at"))
    gold = matrix.task_ids[matrix.gold != NO_LABEL].tolist()
    early = (Response.objects.filter(promoted, task__in=batch).values_list("pk", flat=True) for batch in batches(gold))
    return np.isin(matrix.response, list(chain.from_iterable(early)))


def _confusion(fit: Fit | None, matrix: AnswerMatrix) -> list[list[list[float]] | None]:
    if fit is None or fit.basis in (Basis.SHARES, Basis.RECORDS) or matrix.n_classes > MAX_CLASSES_SHOWN:
        return [None] * len(matrix.worker_ids)
    matrices: list[list[list[float]] | None] = np.round(fit.workers.confusion, 4).tolist()
    return matrices


def _median_seconds(matrix: AnswerMatrix) -> Floats:
    """The median answering time of each worker; nan where nothing was measured."""
    measured = np.flatnonzero(~np.isnan(matrix.seconds))
    worker, seconds = matrix.worker[measured], matrix.seconds[measured]
    seconds = seconds[np.lexsort((seconds, worker))]
    counts = np.bincount(worker, minlength=len(matrix.worker_ids))
    some = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[some]
    medians = np.full(len(counts), np.nan)
    medians[some] = (seconds[starts + (counts[some] - 1) // 2] + seconds[starts + counts[some] // 2]) / 2
    return medians
