"""What most kinds of answer do alike: a kind that does something otherwise says so in a method of
its own."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crowd.projects.answer_kinds import Answer, Prediction, Schema, Subject, VotedOn
from crowd.projects.models import Project
from quality.aggregation import Fit, Votes
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.protocol import KindFit, Option
from quality.kinds.ranked import Ranked


class Plain:
    """Answers are stored as they are given, and mean the same to every task."""

    detail_name = "detail"
    measures: tuple[str, ...] = ("krippendorff_alpha",)
    ranks = False
    refers_to: tuple[str, ...] = ()
    vote_columns: tuple[str, ...] = ()
    told_of_tasks: Mapping[str, tuple[str, ...]] = {}

    def parse(self, value: Any, project: Project) -> Answer:
        raise NotImplementedError

    def fitting(self, answer: Answer, subject: Subject) -> Answer:
        return answer

    def checked_data(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return data

    def voted_on(self, cells: Mapping[str, Any]) -> VotedOn | None:
        return None

    def moved(self, answer: Answer, given: Mapping[str, Any], data: Mapping[str, Any]) -> Answer:
        return answer

    def presented(self, data: Mapping[str, Any], lot: int) -> Mapping[str, Any]:
        return data

    def turned(self, answer: Answer, lot: int) -> Answer:
        return answer

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        return lambda answer: answer

    def prediction(self, given: Mapping[str, Any], project: Project) -> Prediction:
        return self.parse(given.get("answer"), project)

    def predicted(self, prediction: Prediction) -> Answer | None:
        return prediction

    def reclassed(self, answer: Answer, numbers: Mapping[int, int]) -> Answer:
        """Answers are not made of classes."""
        return answer

    def reclassed_prediction(self, prediction: Prediction, numbers: Mapping[int, int]) -> Prediction:
        """Predictions have the form of answers."""
        return self.reclassed(prediction, numbers)

    def keys(self, schema: Schema) -> dict[str, str]:
        return {}

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        return lambda detail: detail

    def subjects(self, project: Project, task_ids: Ints) -> Any:
        return None

    def beside_agreement(self, project: Project, matrix: AnswerMatrix) -> dict[str, Any]:
        return {}

    def ranked(self, matrix: AnswerMatrix, fit: KindFit) -> Ranked | None:
        return None


class Uncounted(Plain):
    """And nobody can count up all answers there can be."""

    def codes(self, schema: Schema) -> Sequence[int] | None:
        return None

    def options(self, schema: Schema) -> Sequence[Option]:
        return ()

    def shares(self, detail: Any) -> Callable[[Answer], float]:
        return lambda _answer: 0.0

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        shown = self.shown(schema)
        return lambda answer: json.dumps(shown(answer), ensure_ascii=False)

    def chance(self, schema: Schema) -> float:
        """No blind guess counts as right."""
        return 0.0

    def replayed(self, method: str) -> Callable[[Votes], Fit]:
        raise NotImplementedError("replays take answers that can be counted up")
