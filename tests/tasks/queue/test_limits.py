"""What one worker may do: a number of answers a day, a pace, skills, and an exam before real
work."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from crowd.projects.models import Project, SkillGrant
from quality.models import GoldAnswer
from tasks.models import Assignment, QueueState, Task
from tasks.queue.leases import expire_leases, return_leases
from tasks.queue.purposes import set_purpose
from tasks.queue.queue_states import FETCHED_AHEAD
from tests.cast import NO, YES, Api

URL = "/projects/birds/assignments"


def lease(api: Api, count: int = 1) -> tuple[list[dict[str, Any]], str | None]:
    reply = api("POST", URL, {"count": count}).json()
    return reply["assignments"], reply["reason"]


def answer_next(api: Api, value: str = "yes") -> str | None:
    """Lease and answer one task; the reason if there is none."""
    leased, reason = lease(api)
    for assignment in leased:
        assert api("PUT", f"/assignments/{assignment['token']}/response", {"answer": value}).status_code == 201
    return reason


def hide_gold(project: Project, count: int, purpose: str = "gold") -> None:
    """Make the first tasks gold, to all of which "yes" is right."""
    tasks = list(Task.objects.for_project(project).order_by("pk")[:count])
    GoldAnswer.objects.bulk_create(GoldAnswer(task=task, answer=YES, explanation="Look at the beak.") for task in tasks)
    set_purpose([task.pk for task in tasks], purpose)


def test_a_day_has_so_many_answers_and_the_next_one_has_them_again(tasks: Project, bob: Api) -> None:
    Project.objects.update(responses_per_day=2)

    assert len(lease(bob, 5)[0]) == 2
    for assignment in bob("GET", URL).json()["assignments"]:
        bob("PUT", f"/assignments/{assignment['token']}/response", {"answer": "yes"})
    assert lease(bob) == ([], "quota")

    QueueState.objects.update(day=F("day") - timedelta(days=1))
    assert answer_next(bob) is None


def test_tasks_that_are_held_count_for_the_day(tasks: Project, bob: Api) -> None:
    Project.objects.update(responses_per_day=3)
    assert [len(lease(bob, count)[0]) for count in (2, 5)] == [2, 1]
    assert lease(bob) == ([], "quota")


def hand_back_all(api: Api) -> int:
    """How many that were."""
    held = api("GET", URL).json()["assignments"]
    assert {api("POST", f"/assignments/{each['token']}/return").status_code for each in held} <= {204}
    return len(held)


def test_to_look_and_hand_back_costs_like_an_answer_beyond_what_is_fetched_ahead(tasks: Project, bob: Api) -> None:
    Project.objects.update(responses_per_day=12)
    assert FETCHED_AHEAD == 10
    handed_back = []
    for _again in range(3):
        lease(bob, 10)
        handed_back.append(hand_back_all(bob))
    assert handed_back == [10, 10, 2]  # the first ten were free, the next ten count, and then two are left of twelve
    assert lease(bob) == ([], "quota")
    queue_state = QueueState.objects.get()
    assert (queue_state.let_go, queue_state.let_go_today, queue_state.answered_today) == (22, 12, 0)

    QueueState.objects.update(day=F("day") - timedelta(days=1), let_go_in_a_row=0)
    assert len(lease(bob, 10)[0]) == 10


def test_forgotten_tasks_take_up_the_pace_and_an_answer_makes_the_next_ones_free(tasks: Project, bob: Api) -> None:
    Project.objects.update(responses_per_minute=20)
    lease(bob, 10)
    Assignment.objects.update(expires_at="2020-01-01T00:00:00Z")
    expire_leases()
    assert answer_next(bob) is None
    lease(bob, 8)
    hand_back_all(bob)
    before = QueueState.objects.get()
    assert (before.let_go_in_a_row, before.let_go_today) == (8, 0)
    lease(bob, 4)
    hand_back_all(bob)
    after = QueueState.objects.get()
    assert (after.let_go_in_a_row, after.let_go_today) == (12, 2)
    assert after.paced_until - before.paced_until >= 2 * 3_000_000


def test_leases_that_a_pause_takes_away_cost_nothing(tasks: Project, bob: Api) -> None:
    lease(bob, 10)
    return_leases(QueueState.objects.get().pk)
    assert QueueState.objects.values_list("held", "let_go", "let_go_in_a_row").get() == (0, 0, 0)


def test_pace_bounds_how_many_are_handed_out_and_comes_back_with_time(tasks: Project, bob: Api) -> None:
    Project.objects.update(responses_per_minute=3)

    assert len(lease(bob, 5)[0]) == 3
    for assignment in bob("GET", URL).json()["assignments"]:
        bob("PUT", f"/assignments/{assignment['token']}/response", {"answer": "yes"})
    assert lease(bob) == ([], "pace")

    QueueState.objects.update(paced_until=F("paced_until") - 20_000_000)  # as if twenty seconds had gone by
    assert len(lease(bob, 5)[0]) == 1


def test_a_required_skill_is_asked_for_until_it_is_there_and_after_it_is_revoked(tasks: Project, bob: Api) -> None:
    Project.objects.update(required_skill="plants/botanist")
    assert lease(bob) == ([], "skill")

    grant = SkillGrant.objects.create(user=bob.user, name="plants/botanist", project=tasks)
    assert answer_next(bob) is None

    SkillGrant.objects.filter(pk=grant.pk).update(revoked_at=grant.granted_at)
    assert lease(bob) == ([], "skill")


@pytest.mark.parametrize(("value", "passes"), [("yes", True), ("no", False)])
def test_an_exam_comes_before_work_and_its_score_decides(value: str, passes: bool, tasks: Project, bob: Api) -> None:
    Project.objects.update(exam_tasks=3, exam_score=0.6, exam_attempts=1, granted_skill="birder", gold_rate=0)
    hide_gold(tasks, 4)

    for _ in range(3):
        assert answer_next(bob, value) is None
    leased, reason = lease(bob)

    assert Assignment.objects.filter(task__purpose="gold", exam_attempt=1).count() == 3
    assert (len(leased), reason) == ((1, None) if passes else (0, "exam"))
    assert QueueState.objects.get().exam_score == float(passes)
    assert SkillGrant.objects.filter(user=bob.user, name="birds/birder").exists() is passes


def test_an_exam_is_graded_by_its_questions_and_not_by_the_answers_given(tasks: Project, bob: Api) -> None:
    Project.objects.update(exam_tasks=3, exam_score=0.6, exam_attempts=1, gold_rate=0)
    hide_gold(tasks, 4)

    assert answer_next(bob) is None
    for _n in range(2):
        (skipped,), _reason = lease(bob)
        bob("POST", f"/assignments/{skipped['token']}/skip", {"reason": "hard"})

    assert lease(bob) == ([], "exam")
    assert QueueState.objects.get().exam_score == 1 / 3


def test_a_failed_exam_may_be_repeated_after_the_cool_down_with_other_tasks(tasks: Project, bob: Api) -> None:
    Project.objects.update(exam_tasks=2, exam_score=1.0, exam_attempts=2, exam_cooldown_seconds=600, gold_rate=0)
    hide_gold(tasks, 4)
    for _ in range(2):
        answer_next(bob, "no")
    assert lease(bob) == ([], "exam")

    QueueState.objects.update(exam_again_at=F("exam_again_at") - timedelta(seconds=600))
    for _ in range(2):
        assert answer_next(bob, "yes") is None

    assert Assignment.objects.values("task").distinct().count() == 4
    assert len(lease(bob)[0]) == 1
    assert QueueState.objects.get().exam_score == 1.0


def test_training_comes_first_tells_what_is_right_and_can_not_be_walked_around(tasks: Project, bob: Api) -> None:
    Project.objects.update(training_tasks=2, gold_rate=0)
    hide_gold(tasks, 3, "training")

    held, _reason = lease(bob, 9)
    assert (len(held), lease(bob)[0]) == (2, [])
    replies = [bob("PUT", f"/assignments/{each['token']}/response", {"answer": "no"}).json() for each in held]

    correction = {"right": False, "answer": "yes", "explanation": "Look at the beak."}
    assert [reply["correction"] for reply in replies] == [correction] * 2
    leased, _reason = lease(bob)
    assert Assignment.objects.get(token=leased[0]["token"]).task.purpose == "work"
    reply = bob("PUT", f"/assignments/{leased[0]['token']}/response", {"answer": "no"}).json()
    assert set(reply) == {"received_at"}


def test_a_lease_can_be_extended_and_handed_back(tasks: Project, bob: Api) -> None:
    (held,), _reason = lease(bob)
    Assignment.objects.update(expires_at=F("expires_at") - timedelta(seconds=800))

    extended = bob("POST", f"/assignments/{held['token']}/extend").json()
    assert (extended["token"], extended["expires_at"] >= held["expires_at"]) == (held["token"], True)

    assert bob("POST", f"/assignments/{held['token']}/return").status_code == 204
    assert (Task.objects.filter(leases_live=0).count(), QueueState.objects.get().held) == (10, 0)
    assert bob("POST", f"/assignments/{held['token']}/extend").json()["code"] == "assignment_closed"
    texts = [each["data"]["text"] for each in lease(bob, 10)[0]]
    assert held["data"]["text"] in texts


def test_the_last_answer_can_be_taken_back_and_given_again(tasks: Project, bob: Api) -> None:
    (first, second), _reason = lease(bob, 2)
    for held in (first, second):
        bob("PUT", f"/assignments/{held['token']}/response", {"answer": "yes"})

    refused = bob("DELETE", f"/assignments/{first['token']}/response")
    assert (refused.status_code, refused.json()["code"]) == (409, "undo_closed")
    again, retried = (bob("DELETE", f"/assignments/{second['token']}/response").json() for _ in range(2))
    assert again == retried
    assert again["data"] == second["data"]
    assert bob("PUT", f"/assignments/{again['token']}/response", {"answer": "no"}).status_code == 201

    assert (
        bob("PUT", f"/assignments/{second['token']}/response", {"answer": "yes"}).json()["code"] == "assignment_closed"
    )
    task = Assignment.objects.get(token=second["token"]).task
    history = [(given.answer, given.replaced_at is None) for given in task.responses.order_by("pk")]
    assert (history, task.answers_counted) == ([(YES, False), (NO, True)], 1)


def test_where_there_is_nothing_to_train_on_the_work_begins_at_once(tasks: Project, bob: Api) -> None:
    Project.objects.update(training_tasks=2, gold_rate=0)
    first = bob("POST", "/projects/birds/assignments", {"count": 1}).json()
    assert (len(first["assignments"]), first["reason"]) == (1, None)


def test_where_training_runs_out_the_exam_begins_at_once(tasks: Project, bob: Api) -> None:
    Project.objects.update(training_tasks=2, exam_tasks=1, gold_rate=0)
    hide_gold(tasks, 3, "gold")
    bob("POST", "/projects/birds/assignments", {"count": 1})
    assert bob("GET", "/projects/birds/work").json()["phase"] == "exam"
    assert Assignment.objects.get().exam_attempt == 1
