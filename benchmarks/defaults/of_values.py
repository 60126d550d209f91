"""Classes, grades, sets of classes, numbers and comparisons."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import expit

from benchmarks.defaults.crowds import Floats, Subject, Worker
from quality.aggregation import Auto, MajorityVote, Votes
from quality.aggregation.multilabel import MultiLabelAuto, MultiLabelVotes, VoteShare
from quality.aggregation.numeric import Auto as NumericAuto
from quality.aggregation.numeric import Median, NumericVotes
from quality.aggregation.ordinal import OrdinalAuto, OrdinalMedian
from quality.aggregation.pairwise import BradleyTerry, Comparisons, PairwiseAuto
from quality.evaluation import kendall

N_TASKS, N_CLASSES, N_ITEMS = 100, 4, 20
GRADES = 5
PREVALENCE = 0.3
SPREAD, ERROR = 20.0, 4.0


def choice(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[Votes, Any]:
    truth = rng.integers(N_CLASSES, size=N_TASKS)
    labels = [
        np.where(rng.random(N_TASKS) < worker.knows, truth, rng.integers(N_CLASSES, size=N_TASKS)) for worker in workers
    ]
    return Votes.from_codes(*_everyone(workers), np.concatenate(labels), n_classes=N_CLASSES), truth


def ordinal(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[Votes, Any]:
    """Whoever knows is off by a grade now and then."""
    truth = rng.integers(GRADES, size=N_TASKS)
    labels = []
    for worker in workers:
        perceived = np.clip(np.rint(truth + rng.normal(0, 0.5, N_TASKS)), 0, GRADES - 1)
        labels.append(np.where(rng.random(N_TASKS) < worker.knows, perceived, rng.integers(GRADES, size=N_TASKS)))
    return Votes.from_codes(*_everyone(workers), np.concatenate(labels).astype(int), n_classes=GRADES), truth


def multilabel(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[MultiLabelVotes, Any]:
    shape = (N_TASKS, N_CLASSES)
    truth = rng.random(shape) < PREVALENCE
    ticks = []
    for worker in workers:
        seen = truth & (rng.random(shape) >= worker.misses)
        ticks.append(np.where(rng.random(shape) < worker.knows, seen, rng.random(shape) < PREVALENCE))
    return MultiLabelVotes.from_codes(*_everyone(workers), np.concatenate(ticks)), truth


def numeric(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[NumericVotes, Any]:
    truth = rng.normal(0, SPREAD, N_TASKS)
    values = []
    for worker in workers:
        measured, guess = truth + rng.normal(0, ERROR, N_TASKS), rng.normal(0, SPREAD, N_TASKS)
        values.append(np.where(rng.random(N_TASKS) < worker.knows, measured, guess))
    return NumericVotes.from_codes(*_everyone(workers), np.concatenate(values)), truth


def pairwise(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[Comparisons, Any]:
    truth = rng.normal(0, 2, N_ITEMS)
    left, right = np.triu_indices(N_ITEMS, 1)
    prefers_left = expit(truth[left] - truth[right])
    answers = []
    for worker in workers:
        chance = np.where(rng.random(len(left)) < worker.knows, prefers_left, 0.5)
        answers.append(rng.random(len(left)) >= chance)
    who = np.repeat(np.arange(len(workers)), len(left))
    first, second = (np.tile(side, len(workers)) for side in (left, right))
    return Comparisons.from_rows(first, second, who, np.concatenate(answers).astype(int)), truth


def _everyone(workers: Sequence[Worker]) -> tuple[Any, Any]:
    """The codes of tasks and workers, where each worker answers every task in turn."""
    return np.tile(np.arange(N_TASKS), len(workers)), np.repeat(np.arange(len(workers)), N_TASKS)


def accuracy(fit: Any, truth: Any) -> float:
    return float((fit.labels == truth).mean())


def closeness(fit: Any, truth: Any) -> float:
    """One less the mean distance in grades, over the largest there is."""
    return 1 - float(np.abs(fit.labels - truth).mean()) / (GRADES - 1)


def f1(fit: Any, truth: Any) -> float:
    return 2 * float((fit.labels & truth).sum()) / float(fit.labels.sum() + truth.sum())


def precision_of_numbers(fit: Any, truth: Floats) -> float:
    """One less the mean absolute error, over the standard deviation of the truth."""
    return 1 - float(np.abs(fit.labels - truth).mean()) / SPREAD


SUBJECTS = {
    "choice": Subject(Auto(), MajorityVote(), choice, accuracy),
    "rating": Subject(OrdinalAuto(), OrdinalMedian(), ordinal, closeness),
    "choices": Subject(MultiLabelAuto(), VoteShare(0.5), multilabel, f1),
    "number": Subject(NumericAuto(), Median(), numeric, precision_of_numbers),
    "pairwise": Subject(PairwiseAuto(), BradleyTerry(), pairwise, lambda fit, truth: kendall(truth, fit.scores)),
}
