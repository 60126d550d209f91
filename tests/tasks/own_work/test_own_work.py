"""What workers see of their own work through the API: enough to go by, and nothing that tells what
was right."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Project, SkillGrant
from crowd.projects.ownership import create_project
from quality.models import GoldAnswer
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import QueueState, Response, Task
from tasks.queue.leasing import lease_tasks
from tasks.queue.purposes import set_purpose
from tasks.responses.submit import submit_response
from tasks.responses.undo import skip, take_back
from tasks.responses.voiding import void_responses
from tests.cast import CHOICE, NO, YES, Api, worker_of

OWN = "/projects/birds/work"
FORBIDDEN = {"gold", "right", "counted", "voided_at", "score", "task", "external_id", "id"}


def give(worker: Membership, answer: str = "yes", seconds: float | None = 2.0) -> Response:
    """The worker's next task, answered."""
    (assignment,), _reason = lease_tasks(worker=worker)
    return submit_response(assignment=assignment, answer=answer, seconds=seconds).response


def make_known(purpose: str, *names: str) -> None:
    """Make these tasks gold or training, with the right answer yes."""
    chosen = Task.objects.filter(external_id__in=names)
    GoldAnswer.objects.bulk_create(GoldAnswer(task=task, answer=YES, explanation="") for task in chosen)
    set_purpose(list(chosen.values_list("pk", flat=True)), purpose)


def queries(api: Api, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert api("GET", path).status_code == 200
    return len(captured)


def test_newcomer_has_done_nothing_and_has_nothing_before_work(tasks: Project, bob: Api) -> None:
    own = bob("GET", OWN).json()

    assert {own[name] for name in ("answered", "answered_today", "skipped", "held")} == {0}
    assert {own[name] for name in ("paused", "pace", "median_seconds", "skill", "training", "exam")} == {None}
    assert (own["project"], own["name"], own["status"], own["phase"]) == ("birds", "Birds", "active", "work")
    assert own["limits"] == {
        "open_leases": 50,
        "responses_per_day": None,
        "responses_per_minute": None,
        "undo_seconds": 120,
    }


def test_work_is_counted_as_it_is_done_skipped_and_taken_back(tasks: Project, bob: Api) -> None:
    worker = worker_of(bob, tasks)
    for seconds in (1.0, 4.0, 7.0):
        last = give(worker, seconds=seconds)
    assert last.assignment is not None
    take_back(assignment=last.assignment)
    skip(assignment=lease_tasks(worker=worker)[0][0])

    own = bob("GET", OWN).json()

    assert (own["answered"], own["answered_today"], own["skipped"], own["held"]) == (2, 2, 1, 1)
    assert own["median_seconds"] == 2.5


def test_answers_of_yesterday_are_not_of_today(tasks: Project, bob: Api) -> None:
    give(worker_of(bob, tasks))
    QueueState.objects.update(day="2020-01-01")
    own = bob("GET", OWN).json()
    assert (own["answered"], own["answered_today"]) == (1, 0)


def test_pause_is_told_with_its_reason(tasks: Project, bob: Api) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    Membership.objects.filter(user=bob.user).update(status="paused", pause_reason="Too fast.", paused_at=at)
    own = bob("GET", OWN).json()
    assert (own["status"], own["paused"]) == ("paused", {"reason": "Too fast.", "at": "2026-01-01T00:00:00Z"})


def test_missing_skill_is_named_until_it_is_granted(tasks: Project, bob: Api) -> None:
    Project.objects.update(required_skill="school/expert")
    before = bob("GET", OWN).json()["skill"]
    SkillGrant.objects.create(user=bob.user, name="school/expert")
    after = bob("GET", OWN).json()["skill"]
    assert before == {"name": "school/expert", "held": False}
    assert after == {"name": "school/expert", "held": True}


def test_training_is_counted_up_to_its_end(tasks: Project, bob: Api) -> None:
    Project.objects.update(training_tasks=2)
    make_known("training", "t0", "t1")
    worker = worker_of(bob, tasks)
    seen = []
    for _ in range(3):
        own = bob("GET", OWN).json()
        seen.append((own["phase"], own["training"]["done"]))
        give(worker)

    assert seen == [("training", 0), ("training", 1), ("work", 2)]
    assert bob("GET", OWN).json()["training"] == {"done": 2, "of": 2}


def exam_of(api: Api) -> tuple[str, int, float | None, int]:
    exam = api("GET", OWN).json()["exam"]
    return exam["state"], exam["answered"], exam["score"], exam["attempts_left"]


def test_exam_is_followed_from_due_to_failed_for_good(tasks: Project, bob: Api) -> None:
    Project.objects.update(exam_tasks=2, exam_attempts=2, exam_cooldown_seconds=3600)
    make_known("gold", "t0", "t1", "t2", "t3")
    worker = worker_of(bob, tasks)
    states = [exam_of(bob)]
    give(worker, "yes")
    states.append(exam_of(bob))
    give(worker, "no")
    lease_tasks(worker=worker)
    states.append(exam_of(bob))
    again_at = bob("GET", OWN).json()["exam"]["again_at"]
    QueueState.objects.update(exam_again_at=datetime(2026, 1, 1, tzinfo=UTC))
    states.append(exam_of(bob))
    give(worker, "no")
    give(worker, "no")
    lease_tasks(worker=worker)
    states.append(exam_of(bob))

    assert states == [
        ("due", 0, None, 2),
        ("under_way", 1, None, 1),
        ("waiting", 0, 0.5, 1),
        ("due", 0, 0.5, 1),
        ("failed", 0, 0.0, 0),
    ]
    assert datetime.fromisoformat(again_at) > datetime.now(UTC) + timedelta(minutes=50)
    assert bob("GET", OWN).json()["phase"] == "exam"


def test_passed_exam_opens_the_work(tasks: Project, bob: Api) -> None:
    Project.objects.update(exam_tasks=2)
    make_known("gold", "t0", "t1")
    worker = worker_of(bob, tasks)
    give(worker)
    give(worker)
    lease_tasks(worker=worker)
    assert exam_of(bob) == ("passed", 0, 1.0, 2)
    assert bob("GET", OWN).json()["phase"] == "work"


def test_my_projects_are_those_i_work_in(tasks: Project, bob: Api, alice: Api, charlie: Api) -> None:
    assert [own["project"] for own in bob("GET", "/work").json()["results"]] == ["birds"]
    assert bob("GET", "/work").json()["results"][0].keys() == bob("GET", OWN).json().keys()
    assert alice("GET", "/work").json() == charlie("GET", "/work").json() == {"results": [], "next": None}


@pytest.mark.parametrize("path", [OWN, OWN + "/responses"])
def test_own_work_is_for_workers_only(path: str, tasks: Project, alice: Api, charlie: Api) -> None:
    replies = [alice("GET", path), charlie("GET", path)]
    assert [(r.status_code, r.json()["code"]) for r in replies] == [(403, "role_required"), (404, "project_not_found")]


def test_history_is_ones_own_with_what_was_shown_the_newest_first(
    tasks: Project, bob: Api, new_worker: Callable[[], Api]
) -> None:
    worker = worker_of(bob, tasks)
    give(worker_of(new_worker(), tasks))
    first, second = give(worker, "no", 1.5), give(worker, "yes", None)
    assert second.assignment is not None
    take_back(assignment=second.assignment)

    history = bob("GET", OWN + "/responses").json()

    assert [(row["answer"], row["seconds"], row["state"], row["data"]) for row in history["results"]] == [
        ("yes", None, "taken back", {"text": second.task.data["text"]}),
        ("no", 1.5, "standing", {"text": first.task.data["text"]}),
    ]
    assert history["next"] is None


def test_history_is_walked_by_a_cursor(tasks: Project, bob: Api) -> None:
    worker = worker_of(bob, tasks)
    given = [give(worker).task.data for _ in range(5)]
    seen: list[Any] = []
    url: str | None = "/projects/birds/work/responses?limit=2"
    while url:
        page = bob("GET", url).json()
        seen += [row["data"] for row in page["results"]]
        url = page["next"] and page["next"].partition("/api/v1")[2]

    assert seen == given[::-1]


def test_picture_in_the_history_is_the_one_of_the_lease(tasks: Project, bob: Api) -> None:
    response = give(worker_of(bob, tasks))
    assert response.assignment is not None
    image = tasks.images.create(sha256="0" * 64, file="p.png", content_type="image/png", width=6, height=4)
    Task.objects.filter(pk=response.task_id).update(image=image, frames={"image": [6, 4]})

    (row,) = bob("GET", OWN + "/responses").json()["results"]

    assert row["data"]["image"] == f"/api/v1/assignments/{response.assignment.token}/image"


def test_nothing_changes_when_answers_turn_out_right_wrong_or_worthless(tasks: Project, bob: Api) -> None:
    worker = worker_of(bob, tasks)
    for answer in ("yes", "no", "yes", "no"):
        give(worker, answer)

    def seen() -> list[Any]:
        own = bob("GET", OWN).json()
        del own["time"]
        return [own, bob("GET", OWN + "/responses").json()]

    before = seen()
    make_known("gold", *Task.objects.filter(responses__worker=worker).values_list("external_id", flat=True)[:2])
    Response.objects.filter(answer=NO).update(counted=False)
    void_responses(worker)

    assert seen() == before
    assert not [name for row in before[1]["results"] for name in row if name in FORBIDDEN]


def test_number_of_queries_grows_neither_with_projects_nor_with_answers(tasks: Project, bob: Api, alice: Api) -> None:
    worker = worker_of(bob, tasks)
    give(worker)
    bob("GET", OWN)  # the first use of a key is noted
    paths = ["/work", OWN, OWN + "/responses"]
    before = [queries(bob, path) for path in paths]
    for n in range(3):
        other = create_project(owner=alice.user, slug=f"other{n}", name="Other", schema=CHOICE, quality={})
        give_in(other, bob)
    for _ in range(5):
        give(worker)

    assert [queries(bob, path) for path in paths] == before
    assert len(bob("GET", "/work").json()["results"]) == 4


def give_in(project: Project, api: Api) -> None:
    add_tasks(project, [TaskRecord(external_id="t", data={"text": "?"})])
    give(Membership.objects.create(project=project, user=api.user, role="worker"))


def test_latest_answers_are_each_project_s_own(tasks: Project, bob: Api, alice: Api) -> None:
    other = create_project(owner=alice.user, slug="other", name="Other", schema=CHOICE, quality={})
    give(worker_of(bob, tasks), seconds=1.0)
    give_in(other, bob)

    seconds = {own["project"]: own["median_seconds"] for own in bob("GET", "/work").json()["results"]}

    assert seconds == {"birds": 1.0, "other": 2.0}
