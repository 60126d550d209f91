"""How far workers follow a model that they are shown: answers in view of its prediction against
blind ones."""

from typing import Any

import pytest

from crowd.projects.models import Membership, Project, Role
from quality.gold.giving import give_gold
from quality.refresh.scheduling import refresh_project
from quality.reliability.proportions import difference, proportion
from tasks.models import Assignment, Response, Task
from tests.cast import NUMBERS, Api

URL = "/projects/birds/automation-bias"
NOTHING: dict[str, Any] = {
    "shown": {"answers": 0, "same": 0, "share": None},
    "blind": {"answers": 0, "same": 0, "share": None},
    "bias": None,
}


def answered(worker: Membership, task: Task, predicted: str | None, answer: str, *, blind: bool) -> Response:
    shown = {"answer": NUMBERS[predicted]} if predicted else None if predicted is None else {}
    assignment = Assignment.objects.create(
        task=task, worker=worker, state="submitted", expires_at="2030-01-01T00:00:00Z", predicted=shown, blind=blind
    )
    return Response.objects.create(task=task, worker=worker, assignment=assignment, answer=NUMBERS[answer])


@pytest.fixture
def followed(tasks: Project) -> Project:
    """The model says yes to all ten tasks. With that in view, four workers say yes to all, too; of
    four who are blind, two say no."""
    Project.objects.update(shown_model="net", blind_share=0.25)
    names = [(f"w{n}", blind, "no" if n >= 6 else "yes") for n, blind in enumerate([False] * 4 + [True] * 4)]
    for name, blind, answer in names:
        worker = Membership.objects.create(project=tasks, name=name, role=Role.WORKER)
        for task in Task.objects.all():
            answered(worker, task, "yes", answer, blind=blind)
    Task.objects.update(answers_counted=8, answers_needed=8)
    tasks.refresh_from_db()
    return tasks


def test_the_bias_is_what_seeing_the_prediction_adds(followed: Project, alice: Api) -> None:
    give_gold(task=Task.objects.get(external_id="t3"), actor=alice.user, answer="no")
    give_gold(task=Task.objects.get(external_id="t4"), actor=alice.user, answer="yes")
    refresh_project(followed.pk)
    found = alice("GET", URL).json()
    assert (found["model"], found["blind_share"]) == ("net", 0.25)
    assert (found["all"]["shown"]["answers"], found["all"]["shown"]["same"]) == (40, 40)
    assert (found["all"]["blind"]["answers"], found["all"]["blind"]["same"]) == (40, 20)
    assert found["all"]["bias"]["value"] == 0.5
    assert 0.2 < found["all"]["bias"]["low"] < 0.5 < found["all"]["bias"]["high"] < 0.7
    assert (found["when_wrong"]["shown"]["answers"], found["when_wrong"]["blind"]["same"]) == (4, 2)


def test_answers_that_do_not_stand_or_had_no_prediction_are_left_out(followed: Project, alice: Api) -> None:
    Response.objects.filter(worker__name="w7").update(voided_at="2026-01-01T00:00:00Z")
    Assignment.objects.filter(worker__name="w6").update(predicted={})
    Assignment.objects.filter(worker__name="w5").update(predicted=None)
    refresh_project(followed.pk)
    found = alice("GET", URL).json()
    assert (found["all"]["shown"]["answers"], found["all"]["blind"]["answers"]) == (40, 10)
    assert found["when_wrong"] == NOTHING


def test_where_no_model_is_shown_there_is_nothing_to_say(tasks: Project, alice: Api, bob: Api) -> None:
    refresh_project(tasks.pk)
    assert alice("GET", URL).json() == {"model": "", "blind_share": 0.2, "all": NOTHING, "when_wrong": NOTHING}
    assert bob("GET", URL).json()["code"] == "role_required"


# Newcombe (1998), table II, method 10: differences with their 95% intervals.
@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference(proportion(*one), proportion(*other))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nothing_is_refused() -> None:
    assert proportion(0, 4).high == pytest.approx(0.4899, abs=1e-4)
    with pytest.raises(ValueError, match="and a trial; got 0 of 0"):
        proportion(0, 0)
