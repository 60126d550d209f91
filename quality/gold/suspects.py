"""Gold that may be wrong: how the answers of workers speak against it, once one knows how good each
of them is.

How good a worker is must not be taken from the very task that is looked at: who follows the crowd
against wrong gold would look bad because of it, and the gold right because bad workers contradict
it.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet
from scipy.sparse import csr_array
from scipy.special import expit

from crowd.batches import batches
from crowd.projects.models import Project
from quality.aggregation import NO_LABEL, Fit
from quality.aggregation.grouped import sums
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.protocol import KindFit
from quality.models import GoldAnswer
from quality.models.labels import SUSPECT_FROM

ANSWERS_TO_SUSPECT = 3
WRONG_GOLD = 0.05
"""The share of gold that is taken for wrong before any answer is looked at."""

PASSES = 3
"""How often gold is looked at again with what the pass before says about all the other gold."""

COMPANY = 4.0
"""Answers of the average worker that each worker is credited with."""

BEGINNING = 20.0
"""Answers of a moderately good worker that the average worker is credited with."""

LARGEST = 2**22
MOST_CLASSES = 50
"""Up to where what workers take for what is looked at (numbers in all matrices, and classes);
beyond, only how often they are right."""

NEGLIGIBLE = 1e-6
"""The probability of a class on a task below which what the task contributes to its counts is not
taken out."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The answers of people to gold, and what is known of the workers from everything else.

    task: (answers,) the place of the gold task among `gold`; worker and label: (answers,).
    gold: (tasks,) the class that is taken for right.
    elsewhere: answers to other tasks, each shared out over the truth: (workers, classes, classes)
        [worker, truth, answer] where `detailed`, else (workers, 2), those that are right and those
        that are wrong.
    """

    task: Ints
    worker: Ints
    label: Ints
    gold: Ints
    elsewhere: Floats
    n_classes: int
    detailed: bool


def doubt_of_gold(matrix: AnswerMatrix, fit: KindFit) -> dict[int, float]:
    """For each gold task with answers of people, by its key, the probability that its answer is
    wrong.

    Naive Bayes with the confusion matrix of each worker (Dawid & Skene, 1979, equation 2.5),
    estimated without the task in question. How far the other gold is to be believed follows from
    the same, in a few passes. Where answers are no classes, it is how often each worker is right.
    A reviewer's decision overrules answers.
    """
    people = matrix.response > 0
    answered = np.zeros(len(matrix.task_ids), dtype=bool)
    answered[matrix.task[people]] = True
    places = np.flatnonzero(answered & (matrix.gold != NO_LABEL))
    if not len(places):
        return {}
    if fit.classes is None:
        right = _right_by_scores(matrix, fit, people)[places]
    else:
        evidence = _evidence(matrix, fit.classes, places, people)
        right = _right_by_matrices(evidence) if evidence.detailed else _right_by_accuracy(evidence)
    decided = matrix.adjudicated[places]
    right = np.where(decided == NO_LABEL, right, decided == matrix.gold[places])
    return dict(zip(matrix.task_ids[places].tolist(), (1.0 - right).tolist(), strict=True))


def _right_by_scores(matrix: AnswerMatrix, fit: KindFit, people: npt.NDArray[np.bool_]) -> Floats:
    """(tasks,) the probability that the gold is right: a worker matches right gold as often as that
    worker is right elsewhere, and wrong gold as often as a guess does."""
    n = len(matrix.worker_ids)
    on_gold = people & ~np.isnan(fit.on_gold)
    elsewhere = people & ~on_gold
    rights = np.bincount(matrix.worker[elsewhere], fit.right[elsewhere], minlength=n)
    company = (rights.sum() + BEGINNING * (1 + fit.chance) / 2) / (elsewhere.sum() + BEGINNING)
    accuracy = (rights + COMPANY * company) / (np.bincount(matrix.worker[elsewhere], minlength=n) + COMPANY)
    if_right, if_wrong = (np.clip(each, 1e-6, 1 - 1e-6) for each in (accuracy[matrix.worker], fit.chance))
    matches = fit.on_gold >= fit.right_from
    odds = np.where(matches, np.log(if_right / if_wrong), np.log((1 - if_right) / (1 - if_wrong)))
    said = np.bincount(matrix.task[on_gold], odds[on_gold], minlength=len(matrix.task_ids))
    return np.asarray(expit(np.log((1 - WRONG_GOLD) / WRONG_GOLD) + said))


def _evidence(matrix: AnswerMatrix, fit: Fit, places: Ints, people: npt.NDArray[np.bool_]) -> Evidence:
    on_gold = matrix.gold[matrix.task] != NO_LABEL
    rows, others = np.flatnonzero(people & on_gold), np.flatnonzero(people & ~on_gold)
    task, worker, label = matrix.task[others], matrix.worker[others], matrix.answer[others]
    n, c = len(matrix.worker_ids), matrix.n_classes
    detailed = c <= MOST_CLASSES and n * c * c <= LARGEST
    if detailed:
        elsewhere = _tally(task, worker, label, fit.posterior, n)
    else:
        right = fit.posterior[task, label]
        elsewhere = np.stack([np.bincount(worker, part, minlength=n) for part in (right, 1 - right)], axis=1)
    gold_task = np.searchsorted(places, matrix.task[rows])
    return Evidence(
        gold_task, matrix.worker[rows], matrix.answer[rows], matrix.gold[places], elsewhere, c, detailed=detailed
    )


def _tally(task: Ints, worker: Ints, label: Ints, truth: Floats, n_workers: int) -> Floats:
    """(workers, classes, classes) [worker, truth, answer] answers, each shared out over the truth
    (tasks, classes)."""
    c = truth.shape[1]
    cells = worker * c + label
    tables = (np.bincount(cells, truth[:, k][task], minlength=n_workers * c) for k in range(c))
    return np.stack([table.reshape(n_workers, c) for table in tables], axis=1)


def _right_by_matrices(evidence: Evidence) -> Floats:
    """(tasks,) the probability that the gold is right."""
    n_tasks, n_workers, c = len(evidence.gold), len(evidence.elsewhere), evidence.n_classes
    prior = np.full((n_tasks, c), WRONG_GOLD / (c - 1))
    prior[np.arange(n_tasks), evidence.gold] = 1 - WRONG_GOLD
    truth = np.eye(c)[evidence.gold]
    starts = np.searchsorted(evidence.task, np.arange(n_tasks + 1))
    said = csr_array(
        (np.ones(len(evidence.task)), evidence.worker * c + evidence.label, starts), shape=(n_tasks, n_workers * c)
    )
    for _pass in range(PASSES):
        here = _tally(evidence.task, evidence.worker, evidence.label, truth, n_workers)
        counts = Counts.of(evidence.elsewhere + here)
        logs = np.log(counts.given(...)).transpose(0, 2, 1).reshape(n_workers * c, c)
        scores = np.log(prior) + said @ logs + _without_own(evidence, counts, truth, starts)
        truth = np.exp(scores - scores.max(axis=1, keepdims=True))
        truth /= truth.sum(axis=1, keepdims=True)
    right: Floats = truth[np.arange(n_tasks), evidence.gold]
    return right


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """[worker, truth, answer] answers, and those of the average worker, with what either is
    credited with."""

    workers: Floats  # (workers, classes, classes)
    per_truth: Floats  # (workers, classes)
    company: Floats  # (classes, classes)
    company_per_truth: Floats  # (classes,)

    @classmethod
    def of(cls, workers: Floats) -> "Counts":
        c = workers.shape[1]
        sure = (1 + 1 / c) / 2
        moderate = np.where(np.eye(c, dtype=bool), sure, (1 - sure) / (c - 1))
        company = workers.sum(axis=0) + BEGINNING * moderate
        return cls(workers, workers.sum(axis=2), company, company.sum(axis=1))

    def given(self, cells: Any, own: Any = 0.0, alike: Any = 0.0, answers: Any = 0.0) -> Floats:
        """P(answer | worker, truth) in these cells, without what one task contributed: to each of
        its answers `own`, and so to the average worker as often as it has `alike` answers, of
        `answers` in all."""
        if cells is ...:
            company = self.company / self.company_per_truth[:, None]
            return (self.workers + COMPANY * company) / (self.per_truth[..., None] + COMPANY)
        worker, truth, label = cells
        company = (self.company[truth, label] - own * alike) / (self.company_per_truth[truth] - own * answers)
        seen = self.per_truth[worker, truth] - own + COMPANY
        result: Floats = (self.workers[worker, truth, label] - own + COMPANY * company) / seen
        return result


def _without_own(evidence: Evidence, counts: Counts, truth: Floats, starts: Ints) -> Floats:
    """(tasks, classes) what becomes of the log-likelihoods without each task's own contribution to
    the counts."""
    task, c = np.nonzero(truth > NEGLIGIBLE)
    sizes = (starts[1:] - starts[:-1])[task]
    answer = np.repeat(starts[task] - (sizes.cumsum() - sizes), sizes) + np.arange(sizes.sum())
    own, cell = np.repeat(truth[task, c], sizes), np.repeat(task * truth.shape[1] + c, sizes)
    given = evidence.task[answer] * evidence.n_classes + evidence.label[answer]
    alike = np.bincount(evidence.task * evidence.n_classes + evidence.label)[given]
    cells = (evidence.worker[answer], np.repeat(c, sizes), evidence.label[answer])
    without = counts.given(cells, own, alike, np.repeat(sizes, sizes))
    difference = np.log(without) - np.log(counts.given(cells))
    return sums(cell, difference, truth.size).reshape(truth.shape)


def _right_by_accuracy(evidence: Evidence) -> Floats:
    """The same for very many classes: a wrong answer is any of the others alike. Only classes that
    somebody has given are looked at one by one."""
    n_tasks, c = len(evidence.gold), evidence.n_classes
    keys = np.concatenate([np.arange(n_tasks) * c + evidence.gold, evidence.task * c + evidence.label])
    cells, place = np.unique(keys, return_inverse=True)
    gold_cell, cell = place[:n_tasks], place[n_tasks:]
    cell_task = cells // c
    unseen = c - np.bincount(cell_task, minlength=n_tasks)
    prior = np.full(len(cells), np.log(WRONG_GOLD / (c - 1)))
    prior[gold_cell] = np.log(1 - WRONG_GOLD)
    truth = np.zeros(len(cells))
    truth[gold_cell] = 1.0
    for _pass in range(PASSES):
        scores = prior + np.bincount(cell, _log_odds(evidence, truth[cell]), minlength=len(cells))
        top = np.zeros(n_tasks)
        np.maximum.at(top, cell_task, scores)
        shares = np.exp(scores - top[cell_task])
        rest = unseen * np.exp(np.log(WRONG_GOLD / (c - 1)) - top)
        truth = shares / (np.bincount(cell_task, shares, minlength=n_tasks) + rest)[cell_task]
    return truth[gold_cell]


def _log_odds(evidence: Evidence, right: Floats) -> Floats:
    """(answers,) what each says for its class against another; `right` is how far it is believed on
    its own task."""
    n_workers, c = len(evidence.elsewhere), evidence.n_classes
    known = evidence.elsewhere
    rights = known[:, 0] + np.bincount(evidence.worker, right, minlength=n_workers)
    seen = known.sum(axis=1) + np.bincount(evidence.worker, minlength=n_workers)
    company = (rights.sum() + BEGINNING * (1 + 1 / c) / 2) / (seen.sum() + BEGINNING)
    accuracy = (rights[evidence.worker] - right + COMPANY * company) / (seen[evidence.worker] - 1 + COMPANY)
    accuracy = np.clip(accuracy, 1e-6, 1 - 1e-6)
    return np.log(accuracy) - np.log((1 - accuracy) / (c - 1))


def store_doubts(project: Project, doubts: dict[int, float]) -> int:
    """Store the doubt of each gold task of the project, and none where there are no answers; says
    how many changed."""
    stored = GoldAnswer.objects.filter(task__project=project).values_list("task_id", "doubt")
    by_doubt: defaultdict[float | None, list[int]] = defaultdict(list)
    for task_id, before in stored:
        doubt = round(doubts[task_id], 3) if task_id in doubts else None
        if doubt != before:
            by_doubt[doubt].append(task_id)
    for doubt, task_ids in by_doubt.items():
        for batch in batches(sorted(task_ids)):
            GoldAnswer.objects.filter(task__in=batch).update(doubt=doubt)
    return sum(map(len, by_doubt.values()))


def suspect_gold(project: Project) -> QuerySet[GoldAnswer]:
    """Gold that trusted workers contradict, and that nobody has confirmed since; found by an index
    of its own."""
    doubted = GoldAnswer.objects.filter(task__project=project, doubt__gte=SUSPECT_FROM, confirmed_at=None)
    return doubted.filter(task__consensus__responses__gte=ANSWERS_TO_SUSPECT)
