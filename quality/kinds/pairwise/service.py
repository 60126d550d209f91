"""Which of two items is better, as the service asks for it. An answer is stored as a code; which
item stands on which side is drawn for each worker and task."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer, InvalidAnswer, Schema, VotedOn
from crowd.projects.models import Membership, Project
from quality.aggregation import Fit, Votes
from quality.aggregation.pairwise import METHODS
from quality.kinds.choice.beliefs import ClassBeliefs
from quality.kinds.choice.measures import MEASURES
from quality.kinds.choice.votes import fit_votes
from quality.kinds.defaults import Plain
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.pairwise import items
from quality.kinds.pairwise.answers import NAMES, SWAPPED, TIE, code_of, is_swapped
from quality.kinds.pairwise.measures import RIGHT_FROM, measure_agreement, probably_right, score, scores_on_gold
from quality.kinds.pairwise.position import measure_position
from quality.kinds.pairwise.ranking import ranked
from quality.kinds.pairwise.reading import read_pairs
from quality.kinds.pairwise.schema import PairwiseSchema
from quality.kinds.pairwise.tallies import moved, voted_on
from quality.kinds.pairwise.votes import Fitted, fit_matrix, judge_matrix, packed
from quality.kinds.protocol import KindFit, Option
from quality.kinds.ranked import Ranked
from quality.kinds.simulated import Counted, SimulatedAnswers

TITLES = (gettext_lazy("First"), gettext_lazy("Second"), gettext_lazy("Tie"))
KEYS = ("1", "2", "3")
ARROWS = ("←", "→", "↑")
SHORTCUTS = ("1 ArrowLeft", "2 ArrowRight", "3 ArrowUp")


@dataclass(frozen=True, slots=True, eq=False)
class PairFit(KindFit):
    """With what is believed of the items, and what judges answers that come later."""

    fitted: Fitted | None = None


class Pairwise(Plain):
    """The answer is which of two items is better."""

    name = "pairwise"
    label = gettext_lazy("Which of two is better")
    schema = PairwiseSchema()
    methods = tuple(METHODS)
    right_from = RIGHT_FROM
    detail_name = "distribution"
    measures = MEASURES
    ranks = True
    vote_columns = ("a", "b", "left", "right")
    told_of_tasks: Mapping[str, tuple[str, ...]] = {side: (side, "id") for side in items.SIDES}

    def parse(self, value: Any, project: Project) -> int:
        ties = project.schema["ties"]
        code = code_of(value, ties=ties)
        if code is None:
            message = _("{value} is no answer: give {answers}.")
            shown = json.dumps(value, ensure_ascii=False)[:100]
            raise InvalidAnswer(message.format(value=shown, answers=", ".join(NAMES[: _n_answers(project.schema)])))
        return code

    def checked_data(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return items.checked(data)

    def voted_on(self, cells: Mapping[str, Any]) -> VotedOn | None:
        return voted_on(cells)

    def moved(self, answer: Answer, given: Mapping[str, Any], data: Mapping[str, Any]) -> Answer:
        return moved(answer, given, data)

    def presented(self, data: Mapping[str, Any], lot: int) -> Mapping[str, Any]:
        return items.presented(data, swapped=is_swapped(lot))

    def turned(self, answer: Answer, lot: int) -> Answer:
        return SWAPPED[answer] if is_swapped(lot) else answer

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        return lambda answer: None if answer is None else NAMES[answer]

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        return lambda answer: NAMES[answer]

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        return lambda answer: "" if answer is None else str(TITLES[answer])

    def codes(self, schema: Schema) -> Sequence[int]:
        return range(_n_answers(schema))

    def options(self, schema: Schema) -> Sequence[Option]:
        return [Option(code, NAMES[code], str(TITLES[code]), KEYS[code]) for code in self.codes(schema)]

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return score(given, right)

    def chance(self, schema: Schema) -> float:
        return 1 / _n_answers(schema)

    def asked(self, schema: Schema) -> dict[str, Any]:
        order = [code for code in (0, TIE, 1) if code in self.codes(schema)]
        buttons = [
            {
                "text": NAMES[code],
                "title": str(TITLES[code]),
                "key": KEYS[code],
                "arrow": ARROWS[code],
                "shortcuts": SHORTCUTS[code],
            }
            for code in order
        ]
        return {"buttons": buttons}

    def keys(self, schema: Schema) -> dict[str, str]:
        return {f"{ARROWS[code]} {KEYS[code]}": str(TITLES[code]) for code in self.codes(schema)}

    def subjects(self, project: Project, task_ids: Ints) -> Any:
        return read_pairs(project, task_ids)

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        return _said(matrix, fit_matrix(matrix, method))

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        return _said(matrix, judge_matrix(matrix, fitted))

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        if not isinstance(fit, PairFit) or fit.fitted is None:
            raise TypeError("this is no fit of comparisons")
        return packed(matrix, fit.fitted)

    def decided(self, answer: Answer, schema: Schema) -> list[float]:
        return [float(code == answer) for code in self.codes(schema)]

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        return lambda shares: dict(zip(NAMES, shares, strict=False))  # ties may be allowed since

    def shares(self, detail: Sequence[float]) -> Callable[[Answer], float]:
        return lambda code: detail[code] if code < len(detail) else 0.0

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)

    def beside_agreement(self, project: Project, matrix: AnswerMatrix) -> dict[str, Any]:
        people = Membership.objects.filter(project=project).exclude(user=None).values_list("pk", flat=True)
        return {"position": measure_position(matrix, set(people))}

    def ranked(self, matrix: AnswerMatrix, fit: KindFit) -> Ranked | None:
        return ranked(matrix, fit.fitted) if isinstance(fit, PairFit) and fit.fitted else None

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return Counted(self.codes(schema))

    def replayed(self, method: str) -> Callable[[Votes], Fit]:
        """By the votes alone: what is played does not say which items they are about."""
        return partial(fit_votes, method="auto")


def _n_answers(schema: Schema) -> int:
    return len(NAMES) if schema["ties"] else TIE


def _said(matrix: AnswerMatrix, fitted: Fitted) -> PairFit:
    fit = fitted.fit
    return PairFit(
        beliefs=ClassBeliefs.of(fit, matrix.values),
        right=probably_right(matrix, fit),
        on_gold=scores_on_gold(matrix),
        right_from=RIGHT_FROM,
        chance=1 / matrix.n_classes,
        method=fit.method,
        reason=fit.reason,
        iterations=fit.iterations,
        classes=fit,
        fitted=fitted,
    )
