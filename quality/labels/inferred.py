"""What is to be stored about tasks, as columns: made of answers and a fit, written as rows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from crowd.projects.models import Project
from quality.aggregation import NO_LABEL, Fit
from quality.answers.matrix import AnswerMatrix, Ints
from quality.labels.stopping import states_of
from quality.models import Consensus

PARTS = 10**9
"""Probabilities are stored as whole numbers of these parts: no database changes their last
digit."""

Source = Consensus.Source


class Rating(NamedTuple):
    """What a task has been given."""

    state: str
    source: str
    responses: int


class Content(NamedTuple):
    """What the row of a label holds."""

    label: str
    distribution: list[float]
    confidence: float
    responses: int
    state: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class InferredLabels:
    """One entry a task that has an answer, or whose answer is known."""

    task_ids: Ints  # (tasks,)
    revisions: Ints  # (tasks,)
    labels: Ints  # (tasks,), places of classes
    parts: Ints  # (tasks, classes), the distribution in `PARTS`
    responses: Ints  # (tasks,)
    states: npt.NDArray[np.object_]  # (tasks,)
    sources: npt.NDArray[np.object_]  # (tasks,)
    names: Sequence[str]  # (classes,)

    def __len__(self) -> int:
        return len(self.task_ids)

    def some(self, places: Any) -> "InferredLabels":
        """Those at these places."""
        columns = {name: getattr(self, name)[places] for name in self.__slots__ if name != "names"}
        return InferredLabels(**columns, names=self.names)

    @property
    def ratings(self) -> Iterator[Rating]:
        return map(Rating, self.states.tolist(), self.sources.tolist(), self.responses.tolist())

    @property
    def ordinary(self) -> Iterator[tuple[int, Any, int]]:
        """Key, state and number of answers of each task that is not gold."""
        work = self.sources != Source.GOLD
        columns = (self.task_ids[work], self.states[work], self.responses[work])
        return zip(*(column.tolist() for column in columns), strict=True)

    @property
    def contents(self) -> Iterator[tuple[int, Content]]:
        """Key and content of each row."""
        labels = (self.names[code] for code in self.labels.tolist())
        shares, confidence = (self.parts / PARTS).tolist(), (self._confidence / PARTS).tolist()
        columns = (self.responses, self.states, self.sources)
        contents = map(Content, labels, shares, confidence, *(column.tolist() for column in columns))
        return zip(self.task_ids.tolist(), contents, strict=True)

    @property
    def _confidence(self) -> Ints:
        return self.parts[np.arange(len(self)), self.labels]

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Key, label and distribution as JSON, confidence in parts, answers, state, source and
        revision."""
        labels = [json.dumps(name) for name in self.names]
        shares = json.dumps((self.parts / PARTS).tolist())[2:-2].split("], [")[: len(self)]  # at once: much faster
        return zip(
            self.task_ids.tolist(),
            (labels[code] for code in self.labels.tolist()),
            (f"[{row}]" for row in shares),
            self._confidence.tolist(),
            self.responses.tolist(),
            self.states.tolist(),
            self.sources.tolist(),
            self.revisions.tolist(),
            strict=True,
        )


def infer_labels(matrix: AnswerMatrix, fit: Fit, project: Project) -> InferredLabels:
    """The label of every task of a matrix."""
    known = matrix.known
    certain = known != NO_LABEL
    posterior = np.where(certain[:, None], np.eye(matrix.n_classes)[known], fit.posterior)
    labels = np.where(certain, known, fit.labels)
    parts = np.rint(np.clip(posterior, 0.0, 1.0) * PARTS).astype(np.int64)
    responses = matrix.answers_per_task
    confidence = parts[np.arange(len(labels)), labels] / PARTS
    states = np.where(certain, Consensus.State.SETTLED, states_of(responses, confidence, project))
    return InferredLabels(
        task_ids=matrix.task_ids,
        revisions=matrix.revisions,
        labels=labels,
        parts=parts,
        responses=responses,
        states=states.astype(object),
        sources=_sources(matrix),
        names=project.class_names,
    )


def _sources(matrix: AnswerMatrix) -> npt.NDArray[np.object_]:
    gold = np.where(matrix.gold != NO_LABEL, Source.GOLD, Source.CONSENSUS)
    return np.where(matrix.adjudicated != NO_LABEL, Source.ADJUDICATED, gold).astype(object)
