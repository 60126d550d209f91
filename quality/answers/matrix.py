"""Answers to votes to a fit to labels: the one place where the ORM meets arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from crowd.projects.models import Project
from quality.aggregation import NO_LABEL, Fit, Votes, create
from quality.aggregation.temperature import tempered
from quality.answers.model_voters import without_vote
from quality.answers.priors import priors_of
from quality.answers.table import AnswerTable, among, read_table
from quality.models import Adjudication, GoldAnswer

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AnswerMatrix:
    """A project's answers as arrays.

    Tasks, workers and classes are numbered 0, 1, …; `task_ids` and `worker_ids` give the rows'
    keys. Its tasks are those with an answer of a person, or with a known one. `revisions` were read
    before the answers, so that an answer that comes in between makes its task stale again. `gold`
    and `adjudicated` hold the known class of each task, or NO_LABEL.
    """

    task_ids: Ints  # (tasks,)
    revisions: Ints  # (tasks,)
    worker_ids: Ints  # (workers,)
    machine: npt.NDArray[np.bool_]  # (workers,), those that stand for a model
    prior: Floats  # (2, workers), right answers and seen ones that what was known of each beforehand counts as
    task: Ints  # (answers,)
    worker: Ints  # (answers,)
    label: Ints  # (answers,)
    response: Ints  # (answers,), keys of the responses, which rise with time; below zero for a model's
    seconds: Floats  # (answers,), nan where not measured
    gold: Ints  # (tasks,)
    drawn: npt.NDArray[np.bool_]  # (tasks,), whose gold is a sample of all tasks
    adjudicated: Ints  # (tasks,)
    n_classes: int

    @property
    def known(self) -> Ints:
        """The class of each task that somebody has decided; a reviewer's word stands above the gold
        it may mend."""
        return np.where(self.adjudicated == NO_LABEL, self.gold, self.adjudicated)

    @property
    def told(self) -> Ints:
        """The class of each task from which methods may learn how far the crowd can be trusted: of
        gold that was drawn. Decisions are the hardest tasks, and promoted labels the easiest: they
        settle their task, and teach nothing."""
        return np.where(self.drawn, self.known, NO_LABEL)

    @property
    def answers_per_task(self) -> Ints:
        """(tasks,) answers of people."""
        return np.bincount(self.task[self.response > 0], minlength=len(self.task_ids))

    def votes(self) -> Votes:
        """What a method is told."""
        return Votes.from_codes(
            self.task,
            self.worker,
            self.label,
            n_tasks=len(self.task_ids),
            n_workers=len(self.worker_ids),
            n_classes=self.n_classes,
            known=self.told,
            history=self._history(),
        )

    def _history(self) -> Floats | None:
        """(workers, classes, classes) [truth, answer] what was known of each worker, spread evenly
        over the classes."""
        if not self.prior.any():
            return None
        right, seen = self.prior / self.n_classes
        wrong = (seen - right) / (self.n_classes - 1)
        return np.where(np.eye(self.n_classes, dtype=bool), right[:, None, None], wrong[:, None, None])


def read_matrix(project: Project, task_ids: Sequence[int] | None = None) -> AnswerMatrix:
    """What stands on a project's tasks, or on these of them, by its rows."""
    return matrix_of(project, read_table(project, task_ids))


def matrix_of(project: Project, table: AnswerTable) -> AnswerMatrix:
    """What is recorded, and what is known besides: gold and decisions, as they are now."""
    ids, answers = table.tasks["task"], table.answers
    counts = answers["response"] > 0
    if project.prelabels_vote and not counts.all():
        counts |= ~np.isin(answers["worker"], without_vote(project))
    answers = answers[counts]
    golds, adjudications = (_known(model, project, ids) for model in (GoldAnswer, Adjudication))
    gold, adjudicated = (_codes(rows, project, ids) for rows in (golds, adjudications))
    answered = among(ids, answers["task"][answers["response"] > 0])
    kept = answered | (gold != NO_LABEL) | (adjudicated != NO_LABEL)
    ids, answers = ids[kept], answers[among(answers["task"], ids[kept])]
    worker_ids, workers = np.unique(answers["worker"], return_inverse=True)
    machine = np.zeros(len(worker_ids), dtype=bool)
    machine[workers[answers["response"] < 0]] = True
    return AnswerMatrix(
        task_ids=ids,
        revisions=table.tasks["revision"][kept],
        worker_ids=worker_ids,
        machine=machine,
        prior=np.array(priors_of(worker_ids)),
        task=np.searchsorted(ids, answers["task"]),
        worker=workers,
        label=answers["label"].astype(np.int64),
        response=np.ascontiguousarray(answers["response"]),
        seconds=np.ascontiguousarray(answers["seconds"]),
        gold=gold[kept],
        drawn=np.isin(ids, list(golds.filter(drawn=True).values_list("task_id", flat=True))),
        adjudicated=adjudicated[kept],
        n_classes=len(project.class_names),
    )


FEW = 5_000
"""Tasks that are asked for by key; of more all known ones of the project are read."""


def _known(model: Any, project: Project, ids: Ints) -> QuerySet[Any]:
    known: QuerySet[Any] = model.objects.filter(task__project=project)
    return known.filter(task__in=ids.tolist()) if len(ids) <= FEW else known


def _codes(known: QuerySet[Any], project: Project, ids: Ints) -> Ints:
    codes = np.full(len(ids), NO_LABEL, dtype=np.int64)
    code_of = {name: code for code, name in enumerate(project.class_names)}
    for task_id, answer in known.values_list("task_id", "answer"):
        place = int(np.searchsorted(ids, task_id))
        if place < len(ids) and ids[place] == task_id:
            codes[place] = code_of[answer]
    return codes


def fit_matrix(matrix: AnswerMatrix, method: str) -> Fit:
    """The project's method on its answers, with what was decided in the place of what it says of
    those tasks.

    It sees only tasks that have an answer: gold that nobody has answered yet says nothing, and
    changes nothing.
    """
    votes = matrix.votes()
    places = np.flatnonzero(votes.per_task > 0)
    fit = fit_votes(votes if len(places) == votes.n_tasks else votes.on_tasks(places), method)
    known = matrix.known
    certain = np.flatnonzero(known != NO_LABEL)
    labels = np.full(len(known), NO_LABEL, dtype=fit.labels.dtype)
    posterior = np.repeat(fit.class_shares[None], len(known), axis=0)
    labels[places], posterior[places] = fit.labels, np.asarray(fit.posterior)
    labels[certain], posterior[certain] = known[certain], np.eye(matrix.n_classes)[known[certain]]
    return replace(fit, labels=labels, posterior=posterior)


POOLS = ("auto", "ensemble")
"""Methods that learn from known answers by themselves how sure to be."""


def fit_votes(votes: Votes, method: str) -> Fit:
    """The fit of the method of this name. Ties and restarts are seeded: the same votes give the
    same bits."""
    fit = create(method, seed=0).fit(votes)
    return fit if method in POOLS else tempered(fit, votes)
