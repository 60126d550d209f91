"""Cohen's kappa of every two workers who share enough tasks, and its mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, checked_codes, checked_size, require_equal_lengths
from quality.aggregation.grouped import sums
from quality.agreement.influence import NORMAL_95, Intervals, Kappas
from quality.agreement.pairs import PairedAnswers, Rows
from quality.agreement.resampling import Floats, Interval
from quality.agreement.totals import alike
from quality.agreement.weights import class_weights


@dataclass(frozen=True, slots=True, eq=False)
class PairwiseKappas:
    """Pairs of workers who share enough tasks, (pairs,) each, in order of their codes.

    first, second: their codes, the lower one first. common: the number of tasks that both answered.
    percent_agreement, cohen_kappa: of the two; kappa is nan if both only gave one class.
    mean: the mean of the kappas that are defined (R. J. Light, 1971, Measures of response agreement
        for qualitative data), with an interval for other tasks and the same workers.
    """

    first: Rows
    second: Rows
    common: Rows
    percent_agreement: Intervals
    cohen_kappa: Intervals
    mean: Interval


def pairwise_kappas(
    tasks: npt.ArrayLike,
    workers: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weights: str | npt.ArrayLike = "identity",
    min_common: int = 10,
    n_classes: int | None = None,
) -> PairwiseKappas:
    """Kappas of every two workers with `min_common` tasks in common, from codes, one row an answer.

    J. Cohen (1960); with `weights` (see `class_weights`) J. Cohen (1968). Only pairs that share a
    task are looked at: time and memory follow the number of pairs of answers to one task. A
    worker's second answer to a task is one more task in common. Raises ValueError naming the
    argument and the row at fault.
    """
    task, worker, label = (
        checked_codes(name, codes) for name, codes in (("tasks", tasks), ("workers", workers), ("labels", labels))
    )
    require_equal_lengths(tasks=task, workers=worker, labels=label)
    n_classes = checked_size("n_classes", n_classes, at_least=1, labels=label)
    table = class_weights(weights, n_classes)
    paired = PairedAnswers.of(task, worker, label)
    meetings = Meetings.of(paired, worker[paired.rows], min_common)
    return _measured(meetings, label[paired.rows], np.eye(n_classes) if table is None else table)


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Where two workers who share enough tasks answered the same one.

    first, second: (pairs,) the workers. common: (pairs,) their meetings.
    pair, tasks, one, other: (meetings,) which pair it is, on which task, and the places of both
        answers.
    """

    first: Rows
    second: Rows
    common: Rows
    pair: Rows
    tasks: Rows
    one: Rows
    other: Rows

    @classmethod
    def of(cls, paired: PairedAnswers, workers: Codes, min_common: int) -> "Meetings":
        """From the answers of `workers` (answers,), which rise within every task."""
        places = [np.stack(each)[:, workers[each[0]] != workers[each[1]]] for each in paired.pairs()]
        one, other = np.concatenate([np.empty((2, 0), dtype=np.int64), *places], axis=1)
        n_workers = int(workers.max(initial=0)) + 1
        keys = workers[one].astype(np.int64) * n_workers + workers[other]
        pairs, pair, common = np.unique(keys, return_inverse=True, return_counts=True)
        enough = common >= min_common
        met = enough[pair]
        first, second = np.divmod(pairs[enough], n_workers)
        number = np.cumsum(enough) - 1
        return cls(first, second, common[enough], number[pair[met]], paired.tasks[one[met]], one[met], other[met])


def _measured(meetings: Meetings, labels: Codes, weights: Floats) -> PairwiseKappas:
    """The figures of each pair, from the class of each answer."""
    pair, n_pairs = meetings.pair, len(meetings.common)
    one, other = labels[meetings.one], labels[meetings.other]
    own, met = (_shares(pair, each, meetings.common, len(weights)) for each in (one, other))
    agreeing = weights[one, other]
    near_own, near_met = alike(own, weights), alike(met, weights)
    kappas = Kappas(
        rows=meetings.common.astype(np.float64),
        agreement=sums(pair, agreeing, n_pairs) / meetings.common,
        by_chance=(near_own * met).sum(axis=1),
    )
    moved = kappas.kappa_influence(pair, agreeing, near_met[pair, one] + near_own[pair, other])
    return PairwiseKappas(
        meetings.first,
        meetings.second,
        meetings.common,
        Intervals.of(kappas.agreement, kappas.agreement_influence(pair, agreeing), pair, lowest=0.0),
        Intervals.of(kappas.kappa, moved, pair, lowest=-1.0),
        _mean(kappas.kappa, moved, meetings.tasks),
    )


def _shares(pair: Rows, labels: Codes, common: Rows, n_classes: int) -> Floats:
    """(pairs, classes) the share of each class in what one worker of each pair answered."""
    counts = np.bincount(pair * n_classes + labels, minlength=len(common) * n_classes)
    return counts.reshape(len(common), n_classes) / common[:, None]


def _mean(kappas: Floats, influences: Floats, tasks: Rows) -> Interval:
    """The mean kappa of all pairs; a task moves it by what it adds to each kappa, over the number
    of pairs."""
    defined = np.count_nonzero(~np.isnan(kappas))
    if not defined:
        return Interval(float("nan"), float("nan"), float("nan"))
    value = float(np.nanmean(kappas))
    moved = np.bincount(tasks, np.nan_to_num(influences)) / defined
    margin = NORMAL_95 * float(np.sqrt((moved**2).sum()))
    return Interval(value, max(value - margin, -1.0), min(value + margin, 1.0))
