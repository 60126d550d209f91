"""Answers given with a model's prediction in view, held against those that were given blind."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db.models import Count

from crowd.projects.answer_kinds import is_right
from crowd.projects.models import Project
from quality.reliability.proportions import difference, proportion
from tasks.models import Response

NOBODY: dict[str, Any] = {"answers": 0, "same": 0, "share": None}
UNMEASURED: dict[str, Any] = {"shown": NOBODY, "blind": NOBODY, "bias": None}

Counts = Mapping[tuple[bool, bool], int]  # by whether the answer was given blind, and whether it is the model's


def measure_following(project: Project) -> dict[str, Any]:
    """How often workers say what the model says, in all, and where gold shows that the model is
    wrong; each with the prediction in view, blind, and by how much seeing it moves them. Nothing
    where no model was ever shown.

    The intervals take answers for independent; chance decides which are given blind.
    """
    if not project.shown_model:
        return {}
    answers = Response.objects.current().filter(task__project=project, assignment__predicted__has_key="answer")
    seen = ("assignment__blind", "assignment__predicted", "answer", "task__gold__answer")
    everywhere: Counter[tuple[bool, bool]] = Counter()
    where_wrong: Counter[tuple[bool, bool]] = Counter()
    for blind, predicted, answer, gold, n in answers.order_by().values_list(*seen).annotate(Count("pk")):
        same = is_right(project, answer, predicted["answer"])
        everywhere[blind, same] += n
        if gold is not None and not is_right(project, predicted["answer"], gold):
            where_wrong[blind, same] += n
    return {"all": _compared(everywhere), "when_wrong": _compared(where_wrong)} if everywhere else {}


def _compared(counts: Counts) -> dict[str, Any]:
    result = dict(UNMEASURED)
    estimates = []
    for name, blind in (("shown", False), ("blind", True)):
        same = counts[blind, True]
        if n := same + counts[blind, False]:
            estimates.append(proportion(same, n))
            result[name] = {"answers": n, "same": same, "share": asdict(estimates[-1])}
    if len(estimates) == 2:
        result["bias"] = asdict(difference(*estimates))
    return result
