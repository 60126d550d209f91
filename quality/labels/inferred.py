"""What is to be stored about tasks, as columns: made of answers and a fit, written as rows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from crowd.projects.answer_kinds import Answer
from crowd.projects.models import Project
from quality.aggregation import NO_LABEL
from quality.kinds.matrix import PARTS, AnswerMatrix, Ints
from quality.kinds.protocol import Beliefs, KindFit
from quality.labels.stopping import states_of
from quality.models import Consensus

Source = Consensus.Source


class Rating(NamedTuple):
    """What a task has been given."""

    state: str
    source: str
    responses: int


class Content(NamedTuple):
    """What the row of a label holds."""

    label: Answer
    detail: Any
    confidence: float
    responses: int
    state: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class InferredLabels:
    """One entry a task that has an answer, or whose answer is known."""

    task_ids: Ints  # (tasks,)
    revisions: Ints  # (tasks,)
    beliefs: Beliefs  # of the tasks
    responses: Ints  # (tasks,)
    states: npt.NDArray[np.object_]  # (tasks,)
    sources: npt.NDArray[np.object_]  # (tasks,)

    def __len__(self) -> int:
        return len(self.task_ids)

    def some(self, places: Any) -> "InferredLabels":
        """Those at these places."""
        columns = {name: getattr(self, name)[places] for name in self.__slots__ if name != "beliefs"}
        return replace(self, beliefs=self.beliefs.some(places), **columns)

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
        for key, label, detail, parts, responses, state, source, _revision in self.rows:
            yield key, Content(json.loads(label), json.loads(detail), parts / PARTS, responses, state, source)

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Key, label and detail as JSON, confidence in parts, answers, state, source and
        revision."""
        labels, details = zip(*self.beliefs.documents(), strict=True) if len(self) else ((), ())
        confidence = np.rint(self.beliefs.confidence * PARTS).astype(np.int64)
        columns = (confidence, self.responses, self.states, self.sources, self.revisions)
        return zip(self.task_ids.tolist(), labels, details, *(column.tolist() for column in columns), strict=True)


def infer_labels(matrix: AnswerMatrix, fit: KindFit, project: Project) -> InferredLabels:
    """The label of every task of a matrix."""
    responses = matrix.answers_per_task
    states = states_of(responses, fit.beliefs.confidence, project)
    return InferredLabels(
        task_ids=matrix.task_ids,
        revisions=matrix.revisions,
        beliefs=fit.beliefs,
        responses=responses,
        states=np.where(matrix.known != NO_LABEL, Consensus.State.SETTLED, states).astype(object),
        sources=_sources(matrix),
    )


def _sources(matrix: AnswerMatrix) -> npt.NDArray[np.object_]:
    gold = np.where(matrix.gold != NO_LABEL, Source.GOLD, Source.CONSENSUS)
    return np.where(matrix.adjudicated != NO_LABEL, Source.ADJUDICATED, gold).astype(object)
