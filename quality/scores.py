"""How far each worker can be trusted: against gold where there is some, against the labels elsewhere."""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL, Fit
from quality.consensus import Ballot
from quality.models import WorkerScore
from quality.reliability import score_accuracy

MAX_CLASSES_SHOWN = 50


def worker_scores(ballot: Ballot, fit: Fit) -> list[WorkerScore]:
    """One score per worker with an answer, in the order of `ballot.worker_ids`.

    Reliability is the share of right answers with a 95% credible interval. On a known task an answer is right or
    wrong; elsewhere it is right with the posterior probability of its class. Tasks that only this worker answered say
    nothing about the worker and are left out.
    """
    n = len(ballot.worker_ids)
    known = ballot.known[ballot.task]
    on_known = known != NO_LABEL
    right = np.where(on_known, known == ballot.label, fit.posterior[ballot.task, ballot.label])
    evidence = on_known | (ballot.answers_per_task[ballot.task] > 1)
    on_gold = ballot.gold[ballot.task] != NO_LABEL
    per_worker = {
        "answers": np.bincount(ballot.worker, minlength=n),
        "right": np.bincount(ballot.worker[evidence], weights=right[evidence], minlength=n),
        "seen": np.bincount(ballot.worker[evidence], minlength=n),
        "gold_right": np.bincount(ballot.worker[on_gold & (ballot.gold[ballot.task] == ballot.label)], minlength=n),
        "gold_seen": np.bincount(ballot.worker[on_gold], minlength=n),
    }
    reliability = score_accuracy(per_worker["right"], per_worker["seen"])
    medians = _median_seconds(ballot)
    return [
        WorkerScore(
            worker_id=int(ballot.worker_ids[w]),
            responses=int(per_worker["answers"][w]),
            reliability=float(reliability.value[w]),
            reliability_low=float(reliability.low[w]),
            reliability_high=float(reliability.high[w]),
            gold_right=int(per_worker["gold_right"][w]),
            gold_seen=int(per_worker["gold_seen"][w]),
            confusion=_confusion(fit, w, ballot.n_classes),
            median_seconds=None if np.isnan(medians[w]) else float(medians[w]),
            flags=["worse_than_chance"] if reliability.high[w] < 1 / ballot.n_classes else [],
        )
        for w in range(n)
    ]


def _confusion(fit: Fit, worker: int, n_classes: int) -> list[list[float]] | None:
    if fit.workers is None or n_classes > MAX_CLASSES_SHOWN:
        return None
    matrix: Any = np.round(fit.workers.confusion[worker], 4)
    return matrix.tolist()


def _median_seconds(ballot: Ballot) -> npt.NDArray[np.float64]:
    """The median answering time of each worker; nan where nothing was measured."""
    medians = np.full(len(ballot.worker_ids), np.nan)
    measured = ~np.isnan(ballot.seconds)
    order = np.lexsort((ballot.seconds[measured], ballot.worker[measured]))
    worker, seconds = ballot.worker[measured][order], ballot.seconds[measured][order]
    bounds = np.searchsorted(worker, np.arange(len(medians) + 1))
    for w, (start, end) in enumerate(pairwise(bounds)):
        if end > start:
            medians[w] = np.median(seconds[start:end])
    return medians
