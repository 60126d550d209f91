"""Rows to votes to a fit to labels: the one place where the ORM meets arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Case, When

from crowd.projects.models import Project
from quality.aggregation import NO_LABEL, Fit, Votes, create
from quality.models import Adjudication, Consensus, GoldAnswer
from quality.policy import state_of
from tasks.models import Response, Task

Ints = npt.NDArray[np.int64]
Source = Consensus.Source
IN_TRAINING = Case(When(shelf=Task.Shelf.TRAINING, then=1), default=0)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A project's answers as arrays.

    Tasks, workers and classes are numbered 0, 1, …; `task_ids` and `worker_ids` give the rows' keys. `revisions` were
    read before the answers, so that an answer that comes in between makes its task stale again. `gold` and
    `adjudicated` hold the known class of each task, or NO_LABEL.
    """

    task_ids: Ints  # (tasks,)
    revisions: Ints  # (tasks,)
    uncounted: npt.NDArray[np.bool_]  # (tasks,), nobody has read these before
    worker_ids: Ints  # (workers,)
    task: Ints  # (answers,)
    worker: Ints  # (answers,)
    label: Ints  # (answers,)
    seconds: npt.NDArray[np.float64]  # (answers,), nan where not measured
    training: npt.NDArray[np.bool_]  # (tasks,), where the right answer is taught: they have no answers here
    gold: Ints  # (tasks,)
    adjudicated: Ints  # (tasks,)
    n_classes: int

    @property
    def known(self) -> Ints:
        """The class of each task that somebody has decided; a reviewer's word stands above the gold it may mend."""
        return np.where(self.adjudicated == NO_LABEL, self.gold, self.adjudicated)

    @property
    def gold_ids(self) -> list[int]:
        """The keys of the tasks that are gold."""
        keys: list[int] = self.task_ids[self.gold != NO_LABEL].tolist()
        return keys

    @property
    def answers_per_task(self) -> Ints:
        return np.bincount(self.task, minlength=len(self.task_ids))

    def votes(self) -> Votes:
        return Votes.from_codes(
            self.task,
            self.worker,
            self.label,
            n_tasks=len(self.task_ids),
            n_workers=len(self.worker_ids),
            n_classes=self.n_classes,
            known=self.known,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be stored about one task."""

    task_id: int
    label: str
    confidence: float
    distribution: list[float]
    responses: int
    state: Consensus.State
    source: Consensus.Source
    revision: int


def read_ballot(project: Project, task_ids: Sequence[int] | None = None) -> Ballot:
    """Every answer that stands in the project, or on these tasks of it, in the order of (task, worker); none that was
    given in training."""
    tasks = Task.objects.for_project(project).order_by("pk").annotate(in_training=IN_TRAINING)
    if task_ids is not None:
        tasks = tasks.filter(pk__in=task_ids)
    columns = tasks.values_list("pk", "revision", "judged_revision", "in_training")
    ids, revisions, judged, training = _columns(columns.iterator(chunk_size=10_000), 4)
    code_of = {name: code for code, name in enumerate(project.class_names)}
    table = _read_answers(project, code_of, task_ids)
    task, worker, label = (table[:, column].astype(np.int64) for column in range(3))
    # A task that arrived after the first query is left for the next refresh.
    position = np.searchsorted(ids, task)
    seen = (position < len(ids)) & (ids[np.minimum(position, len(ids) - 1)] == task) if len(table) else []
    seen = np.asarray(seen, dtype=bool)
    worker_ids, worker_codes = np.unique(worker[seen], return_inverse=True)
    return Ballot(
        task_ids=ids,
        revisions=revisions,
        uncounted=judged == 0,
        worker_ids=worker_ids,
        task=position[seen],
        worker=worker_codes,
        label=label[seen],
        seconds=table[seen, 3],
        training=training.astype(bool),
        gold=_known(GoldAnswer, project, ids, code_of, task_ids),
        adjudicated=_known(Adjudication, project, ids, code_of, task_ids),
        n_classes=len(code_of),
    )


def _read_answers(project: Project, code_of: dict[str, int], task_ids: Sequence[int] | None) -> npt.NDArray[np.float64]:
    """Task, worker, class and seconds of each answer that stands, (answers, 4)."""
    standing = _on(Response.objects.current(), project, task_ids).exclude(task__shelf=Task.Shelf.TRAINING)
    columns = standing.order_by("task_id", "worker_id").values_list("task_id", "worker_id", "answer", "seconds")
    rows = [
        (task_id, worker_id, code_of[answer], np.nan if seconds is None else seconds)
        for task_id, worker_id, answer, seconds in columns.iterator(chunk_size=10_000)
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 4)


def _on(rows: Any, project: Project, task_ids: Sequence[int] | None) -> Any:
    """Those of a project, or of these tasks of it."""
    return rows.filter(task__project=project) if task_ids is None else rows.filter(task__in=task_ids)


def _columns(rows: Any, width: int) -> list[Ints]:
    table = np.array(list(rows), dtype=np.int64).reshape(-1, width)
    return [np.ascontiguousarray(table[:, column]) for column in range(width)]


def _known(model: Any, project: Project, ids: Ints, code_of: dict[str, int], task_ids: Sequence[int] | None) -> Ints:
    codes = np.full(len(ids), NO_LABEL, dtype=np.int64)
    known = _on(model.objects.all(), project, task_ids)
    for task_id, answer in known.values_list("task_id", "answer"):
        position = int(np.searchsorted(ids, task_id))
        if position < len(ids) and ids[position] == task_id:
            codes[position] = code_of[answer]
    return codes


def fit_ballot(ballot: Ballot, method: str) -> Fit:
    """The project's method on its answers. Ties and restarts are seeded: the same answers give the same bits."""
    return create(method, seed=0).fit(ballot.votes())


def verdicts(ballot: Ballot, fit: Fit, project: Project) -> list[Verdict]:
    """The label of every task that has an answer, or whose answer is known."""
    names = project.class_names
    counts = ballot.answers_per_task
    known = ballot.known
    labels = np.where(known == NO_LABEL, fit.labels, known)
    result = []
    for index in np.flatnonzero((counts > 0) | (known != NO_LABEL)):
        certain = known[index] != NO_LABEL
        distribution = np.eye(len(names))[known[index]] if certain else fit.posterior[index]
        confidence = float(np.clip(distribution[labels[index]], 0.0, 1.0))
        responses = int(counts[index])
        result.append(
            Verdict(
                task_id=int(ballot.task_ids[index]),
                label=names[labels[index]],
                confidence=confidence,
                distribution=distribution.tolist(),
                responses=responses,
                state=Consensus.State.SETTLED if certain else state_of(responses, confidence, project),
                source=_source(ballot, int(index)),
                revision=int(ballot.revisions[index]),
            )
        )
    return result


def _source(ballot: Ballot, index: int) -> Consensus.Source:
    if ballot.adjudicated[index] != NO_LABEL:
        return Source.ADJUDICATED
    return Source.GOLD if ballot.gold[index] != NO_LABEL else Source.CONSENSUS
