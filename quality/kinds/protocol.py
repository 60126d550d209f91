"""What a kind of answer does for the service beyond what `crowd.projects.answer_kinds` asks of it:
it makes labels of answers, and says how far it believes them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self, cast

import numpy as np
import numpy.typing as npt

from crowd.projects.answer_kinds import Answer, AnswerKind, Schema, kind_of
from crowd.projects.models import Project
from quality.aggregation import Fit, Votes
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.ranked import Ranked
from quality.kinds.simulated import SimulatedAnswers

Floats = npt.NDArray[np.float64]


class Beliefs(Protocol):
    """What is believed of some tasks, one entry each."""

    @property
    def confidence(self) -> Floats:
        """(tasks,) the probability of each label."""
        ...

    def some(self, places: Any) -> Self:
        """Those at these places."""
        ...

    def documents(self) -> Iterator[tuple[str, str]]:
        """The label and the detail of each task, as JSON text."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class KindFit:
    """What a kind makes of the answers of a matrix.

    beliefs: of each of its tasks; what is known of one is certain.
    right: (answers,) how right each answer is, from 0 to 1: its score where the task is known, and
        what is to be expected of it elsewhere.
    on_gold: (answers,) the score of each by the gold of its task; nan where there is none.
    right_from: the score from which on an answer counts as right; chance: the probability that a
        blind guess does.
    method, reason, iterations: as in `quality.aggregation.Fit`.
    unlikely: (answers,) which are such that two workers hardly give the same by chance: wrong, and
        made of much; None where no answer is.
    effort: (answers,) how much there was to type or draw; None where all answers take the same.
    classes: the fit behind it, where the answers are classes: the values of the matrix.
    """

    beliefs: Beliefs
    right: Floats
    on_gold: Floats
    right_from: float
    chance: float
    method: str
    reason: str = ""
    iterations: int = 0
    classes: Fit | None = None
    unlikely: npt.NDArray[np.bool_] | None = None
    effort: Floats | None = None


class Option(NamedTuple):
    """An answer that can be chosen: as it is stored, as a cell of a table holds it, its title, and
    its key if it has one."""

    answer: Answer
    cell: str
    title: str
    key: str


class ConsensusKind(AnswerKind, Protocol):
    """A kind of answer whose answers become labels."""

    detail_name: str
    """What programs know the detail of a label by."""

    measures: tuple[str, ...]
    """The measures of agreement that mean something."""

    def options(self, schema: Schema) -> Sequence[Option]:
        """All answers there can be, in the order in which people see them; none where they can't be
        counted up."""
        ...

    def subjects(self, project: Project, task_ids: npt.NDArray[np.int64]) -> Any:
        """What `fit` and `judge` have to know of these tasks beside the answers to them."""
        ...

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        """Everything worked out from the beginning: the same answers in any order give the same
        bits."""
        ...

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        """What an earlier fit, as `fitted` kept it, says of these answers."""
        ...

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        """What is kept of a fit, so that it can judge answers that come later."""
        ...

    def decided(self, answer: Answer, schema: Schema) -> Any:
        """The detail of a label that a person gave."""
        ...

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        """What turns stored details into what programs get."""
        ...

    def shares(self, detail: Any) -> Callable[[Answer], float]:
        """The probability of each of the `options`, by a detail."""
        ...

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        """How far people agree, by each measure that means something, with 95% intervals."""
        ...

    def beside_agreement(self, project: Project, matrix: AnswerMatrix) -> dict[str, Any]:
        """What else a fit measures of how people answer, by its names."""
        ...

    def ranked(self, matrix: AnswerMatrix, fit: KindFit) -> Ranked | None:
        """The items that the tasks of a fit compare; None of a kind that compares none."""
        ...

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        """What simulated workers answer."""
        ...

    def replayed(self, method: str) -> Callable[[Votes], Fit]:
        """The method that replays play votes by; only of kinds with `codes`."""
        ...


def consensus_kind(project: Project) -> ConsensusKind:
    """The kind of answer that a project asks for."""
    return cast(ConsensusKind, kind_of(project))
