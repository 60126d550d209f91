"""From the answers of a project to comparisons, and from these to a fit."""

import io
import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, Fit, Votes, create
from quality.aggregation.codes import Floats
from quality.aggregation.fit import WorkerModel
from quality.aggregation.pairwise import METHODS, Comparisons
from quality.aggregation.pairwise.confusions import Habits
from quality.aggregation.pairwise.fit import PairwiseFit
from quality.aggregation.pairwise.pairs import PairJudge
from quality.aggregation.posterior import likeliest, shares
from quality.aggregation.temperature import Temperature, learn_temperature
from quality.kinds.choice.votes import votes_of, with_known
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.pairwise.pairs import Pairs

SEED = 0
STRANGER = -1


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fit of the pairs; with it, of the items, in the order of `pairs.items`.

    power: by which known answers show that log odds are too small, or too large.
    scored: what is believed of the items; None of a judgement.
    """

    fit: Fit
    judge: PairJudge
    power: float
    pairs: Pairs
    scored: PairwiseFit | None = None


def comparisons_of(votes: Votes, pairs: Pairs) -> Comparisons:
    """Votes on pairs of items."""
    return Comparisons.from_codes(
        votes.tasks,
        votes.workers,
        votes.labels,
        left=pairs.one,
        right=pairs.other,
        n_items=len(pairs.items),
        n_workers=votes.n_workers,
        known=votes.known,
    )


def fit_matrix(matrix: AnswerMatrix, method: str) -> Fitted:
    """The method of this name on all answers, with what was decided in the place of what it says of
    those tasks. It sees only tasks that have an answer."""
    whole = votes_of(matrix)
    places = np.flatnonzero(whole.per_task > 0)
    votes, pairs = whole.on_tasks(places), matrix.subjects.some(places)
    comparisons = comparisons_of(votes, pairs)
    scored: PairwiseFit = create(method, methods=METHODS, seed=SEED).fit(comparisons)
    judge, posterior = PairJudge.learnt(comparisons, votes, scored, _history(matrix))
    fit = _as_fit(votes, posterior, judge)
    temperature = learn_temperature(fit, fit.workers, votes)
    fit = replace(
        fit,
        posterior=temperature.of(votes, posterior),
        method=scored.method,
        reason=_reason(scored.reason, temperature),
        log_likelihood=scored.log_likelihood,
    )
    return Fitted(with_known(matrix, _on_all(matrix, fit, places)), judge, temperature.power, pairs, scored)


def judge_matrix(matrix: AnswerMatrix, fitted: bytes | None) -> Fitted:
    """What an earlier fit says of these answers."""
    votes, pairs = votes_of(matrix), matrix.subjects
    if fitted is None:
        judge, power = PairJudge.beginner(votes, len(pairs.items)), 1.0
    else:
        judge, power = _unpacked(fitted, matrix, votes.n_classes)
    posterior = judge.posterior(comparisons_of(votes, pairs), votes)
    fit = _as_fit(votes, Temperature(power).of(votes, posterior), judge)
    return Fitted(with_known(matrix, fit), judge, power, pairs)


def _as_fit(votes: Votes, posterior: Floats, judge: PairJudge) -> Fit:
    class_shares = shares(votes, posterior)
    evidence = np.repeat(votes.per_worker[:, None], votes.n_classes, axis=1)
    workers = WorkerModel.from_confusion(judge.confusion, class_shares, evidence)
    return Fit("judge", likeliest(votes, posterior, SEED), posterior, class_shares, workers)


def _on_all(matrix: AnswerMatrix, fit: Fit, places: Ints) -> Fit:
    labels = np.full(len(matrix.task_ids), NO_LABEL, dtype=fit.labels.dtype)
    posterior = np.repeat(fit.class_shares[None], len(labels), axis=0)
    labels[places], posterior[places] = fit.labels, fit.posterior
    return replace(fit, labels=labels, posterior=posterior)


def _history(matrix: AnswerMatrix) -> Habits:
    """What was known of each worker before; of wrong answers half are ties."""
    right, seen = matrix.prior
    half = (seen - right) / 2
    decided = np.stack([right, half, half] if matrix.n_classes > 2 else [right, 2 * half, 0 * half], axis=1)
    return Habits(decided, np.zeros((len(right), 2)))


def _reason(reason: str, temperature: Temperature) -> str:
    if temperature.power == 1.0:
        return reason
    return f"{reason}; made {temperature.power:.2f} times as sure by {temperature.known} known answers"


def packed(matrix: AnswerMatrix, fitted: Fitted) -> bytes:
    """A judge, with the workers and items it knows, as they are stored."""
    buffer = io.BytesIO()
    judge = fitted.judge
    parts: dict[str, Any] = {name: getattr(judge, name) for name in judge.__slots__}
    items = np.frombuffer(json.dumps(list(fitted.pairs.items)).encode(), dtype=np.uint8)
    np.savez(buffer, worker_ids=matrix.worker_ids, items=items, power=fitted.power, **parts)
    return buffer.getvalue()


def _unpacked(fitted: bytes, matrix: AnswerMatrix, n_classes: int) -> tuple[PairJudge, float]:
    with np.load(io.BytesIO(fitted), allow_pickle=False) as loaded:
        parts: dict[str, Any] = dict(loaded)
    worker_ids, power = parts.pop("worker_ids"), float(parts.pop("power"))
    known = {name: place for place, name in enumerate(json.loads(parts.pop("items").tobytes()))}
    if not len(worker_ids) or parts["confusion"].shape[1] != n_classes:  # ties were allowed since
        return PairJudge.beginner(votes_of(matrix), len(matrix.subjects.items)), 1.0
    judge = PairJudge(**{**parts, "odds": float(parts["odds"])})
    items = np.array([known.get(name, STRANGER) for name in matrix.subjects.items], dtype=np.int64)
    return judge.of_items(items).of_workers(matrix.places_among(worker_ids)), power
