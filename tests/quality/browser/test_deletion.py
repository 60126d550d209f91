"""Deleted tasks are gone from everywhere, and stay gone; a row of the audit trail tells of each."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.models import Project
from quality.answers.cache import append_to_cache
from quality.answers.matrix import matrix_of
from quality.answers.table import read_table
from quality.browser import deletion
from quality.kinds.protocol import consensus_kind
from quality.labels.inferred import infer_labels
from quality.labels.storage import store_labels
from quality.models import Consensus, GoldAnswer, Summary, TaskDeletion
from quality.refresh.verification import cache_differs, differing_labels
from tasks.intake.images import store_image
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, ClosedLease, Image, QueueState, Response, Task
from tasks.queue.leasing import lease_tasks
from tasks.responses.submit import submit_response
from tests.at_once import at_once, both_within_a_transaction
from tests.cast import Api, picture, worker_of
from tests.quality.browser.conftest import TASKS, listed

DELETIONS = "/projects/birds/task-deletions"


def progress(project: Project) -> dict[str, int]:
    return {name: n for name, n in Summary.objects.get(project=project).progress.items() if n}


def test_all_that_hangs_on_a_task_goes_with_it(answered: Project, alice: Api) -> None:
    alice("PUT", f"{TASKS}/t2/adjudication", {"answer": "no"})
    assert alice("DELETE", f"{TASKS}/t2").status_code == 204
    assert alice("DELETE", f"{TASKS}/t4").status_code == 204
    assert not Task.objects.filter(external_id__in=["t2", "t4"]).exists()
    assert Response.objects.count() == Response.objects.exclude(task__external_id="t2").count() == 11
    assert (GoldAnswer.objects.count(), Consensus.objects.count()) == (0, 3)
    assert "t2" not in alice("GET", "/projects/birds/labels.csv").getvalue().decode()


def test_an_audited_row_stays(answered: Project, alice: Api) -> None:
    alice("DELETE", f"{TASKS}/t0")
    event = AuditEvent.objects.get(action="task.deleted")
    assert (event.subject, event.actor) == ("birds/t0", alice.user)
    assert event.detail["data_sha256"] == hashlib.sha256(b'{"text":"Bird 0?"}').hexdigest()
    assert (event.detail["label"], event.detail["state"], event.detail["answers"]) == ("yes", "settled", 5)


def test_progress_follows_at_once_and_stays(answered: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    assert progress(answered) == {
        "tasks": 9,
        "gold": 1,
        "settled": 2,
        "disputed": 1,
        "responses": 16,
        "workers": 6,
        "open": 6,
    }
    alice("POST", DELETIONS, {"tasks": ["t0", "t2", "t4", "t9", "nothing"]})
    expected = {"tasks": 6, "settled": 1, "responses": 6, "workers": 6, "open": 5}
    assert progress(answered) == expected
    refreshed()
    assert progress(answered) == expected


def test_a_deleted_task_does_not_come_back(answered: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    alice("POST", DELETIONS, {"tasks": ["t0", "t3"]})
    assert not cache_differs(answered)
    refreshed()
    assert differing_labels(answered) == []
    assert set(Consensus.objects.values_list("task__external_id", flat=True)) == {"t1", "t2", "t4"}
    assert listed(alice) == ["t1", "t2", "t4", "t5", "t6", "t7", "t8", "t9"]


def test_what_was_read_before_brings_nothing_back(answered: Project, alice: Api) -> None:
    """As by a fit, or a step of the live labels, that had begun before the deletion."""
    table = read_table(answered)
    matrix = matrix_of(answered, table)
    found = infer_labels(matrix, consensus_kind(answered).fit(matrix, "majority"), answered)
    (key,) = Task.objects.filter(external_id="t0").values_list("pk", flat=True)
    alice("DELETE", f"{TASKS}/t0")
    append_to_cache(answered, table)
    assert key not in store_labels(answered, found)
    assert not Consensus.objects.filter(pk=key).exists()
    assert not cache_differs(answered)


def test_a_task_of_the_same_name_is_another(answered: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    alice("DELETE", f"{TASKS}/t0")
    alice("POST", TASKS, {"tasks": [{"external_id": "t0", "data": {"text": "Again?"}}]})
    refreshed()
    task = alice("GET", f"{TASKS}/t0").json()
    assert (task["label"], task["responses"], task["answers"], task["history"]) == (None, 0, [], [])


def test_who_holds_a_lease_is_told_that_it_is_closed(tasks: Project, alice: Api, bob: Api, charlie: Api) -> None:
    leases = bob("POST", "/projects/birds/assignments", {"count": 2}).json()["assignments"]
    names = list(Assignment.objects.order_by("pk").values_list("task__external_id", flat=True))
    alice("POST", DELETIONS, {"tasks": names})
    for lease in leases:
        address = f"/assignments/{lease['token']}"
        for method, path, body in (
            ("PUT", "/response", {"answer": "yes"}),
            ("DELETE", "/response", None),
            ("POST", "/skip", {}),
            ("POST", "/extend", None),
        ):
            reply = bob(method, address + path, body)
            assert (reply.status_code, reply.json()["code"]) == (409, "assignment_closed")
        assert charlie("POST", f"{address}/extend").json()["code"] == "assignment_not_found"
    state = QueueState.objects.get(worker=worker_of(bob, tasks))
    assert (state.held, bob("GET", "/projects/birds/assignments").json()["assignments"]) == (0, [])
    (again,) = bob("POST", "/projects/birds/assignments", {}).json()["assignments"]
    assert again["token"] not in {lease["token"] for lease in leases}


@pytest.mark.parametrize("last", ["answer", "skip"])
def test_what_was_done_to_it_can_not_be_taken_back(tasks: Project, alice: Api, bob: Api, last: str) -> None:
    (lease,) = bob("POST", "/projects/birds/assignments", {}).json()["assignments"]
    address = f"/assignments/{lease['token']}"
    if last == "answer":
        bob("PUT", f"{address}/response", {"answer": "yes"})
    else:
        bob("POST", f"{address}/skip", {})
    alice("DELETE", f"{TASKS}/{Assignment.objects.get().task.external_id}")
    reply = bob("DELETE", f"{address}/response")
    assert (reply.status_code, reply.json()["code"]) == (409, "assignment_closed")
    state = QueueState.objects.get()
    assert (state.last_response_id, state.last_skip_id) == (None, None)
    assert bob("GET", "/work").status_code == 200


def test_many_are_deleted_by_a_job(answered: Project, alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    monkeypatch.setattr(deletion, "STEP", 2)
    reply = alice("POST", DELETIONS, {"tasks": ["t0", "t1", "t2", "nothing", "t0"]})
    assert (reply.status_code, reply.json()) == (
        202,
        {"id": reply.json()["id"], "state": "queued", "deleted": 0, "total": 3},
    )
    alice("DELETE", f"{TASKS}/t1")
    deletion.carry_out(reply.json()["id"])
    state = alice("GET", f"/projects/birds/task-deletions/{reply.json()['id']}").json()
    assert (state["state"], state["deleted"], state["total"]) == ("done", 2, 3)
    assert listed(alice) == [f"t{n}" for n in range(3, 10)]
    assert AuditEvent.objects.filter(action="task.deleted").count() == 3


def test_a_job_that_was_killed_goes_on(answered: Project, alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "STEP", 4)
    number = alice("POST", DELETIONS, {"wanted": {}}).json()["id"]
    delete, steps = deletion._delete, iter(range(10))

    def killed_in_the_second(*arguments: Any) -> int:
        if next(steps) == 1:
            raise KeyboardInterrupt
        return delete(*arguments)

    monkeypatch.setattr(deletion, "_delete", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        deletion.carry_out(number)
    assert Task.objects.count() == 6
    TaskDeletion.objects.update(next_try_at=None)
    assert deletion.unfinished() == [number]
    deletion.carry_out(number)
    assert (Task.objects.count(), deletion.unfinished(), TaskDeletion.objects.get().deleted) == (0, [], 10)


def test_all_that_a_filter_finds_goes_and_nothing_that_came_later(answered: Project, alice: Api) -> None:
    number = alice("POST", DELETIONS, {"wanted": {"class": "yes"}}).json()["id"]
    everything = alice("POST", DELETIONS, {"wanted": {"text": "bird"}}).json()["id"]
    alice("POST", TASKS, {"tasks": [{"external_id": "t10", "data": {"text": "Bird 10?"}}]})
    deletion.carry_out(number)
    assert listed(alice) == ["t1", "t10", "t4", "t5", "t6", "t7", "t8", "t9"]
    deletion.carry_out(everything)
    assert listed(alice) == ["t10"]


def test_a_project_without_any_task_left_is_fitted(
    answered: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    deletion.carry_out(alice("POST", DELETIONS, {"wanted": {}}).json()["id"])
    refreshed()
    assert progress(answered) == {}
    assert (differing_labels(answered), Summary.objects.get().error) == ([], "")


@pytest.mark.parametrize("body", [{}, {"tasks": []}, {"tasks": ["t0"], "wanted": {}}, {"wanted": {"sort": "id"}}])
def test_what_is_to_go_must_be_said(tasks: Project, alice: Api, body: Any) -> None:
    assert alice("POST", DELETIONS, body).status_code == 400
    assert Task.objects.count() == 10


def test_no_class_no_deletion(tasks: Project, alice: Api) -> None:
    reply = alice("POST", DELETIONS, {"wanted": {"class": "maybe"}})
    assert (reply.status_code, reply.json()["code"], TaskDeletion.objects.count()) == (400, "no_such_class", 0)


def test_closed_leases_are_forgotten_after_a_day(tasks: Project, alice: Api, bob: Api) -> None:
    bob("POST", "/projects/birds/assignments", {})
    old = ClosedLease.objects.create(token="old", worker=worker_of(bob, tasks), at="2020-01-01T00:00:00Z")
    alice("DELETE", f"{TASKS}/{Assignment.objects.get().task.external_id}")
    assert (ClosedLease.objects.filter(pk=old.pk).exists(), ClosedLease.objects.count()) == (False, 1)


def test_pictures_that_nothing_refers_to_any_more_are_noted_as_unused(project: Project, alice: Api) -> None:
    images = {color: store_image(project, picture(color)) for color in ("red", "blue")}
    hashes = {color: image.sha256 for color, image in images.items()}
    both = {"first": {"picture": hashes["red"]}, "second": {"picture": hashes["blue"]}}
    several = TaskRecord("two", both, pictures={"first": images["red"], "second": images["blue"]})
    add_tasks(project, [TaskRecord("one", {}, pictures={"image": images["red"]}), several])
    rows = {row["external_id"]: row for row in alice("GET", TASKS).json()["results"]}
    assert rows["one"]["image"] | {"url": ""} == {
        "url": "",
        "width": 6,
        "height": 4,
        "sha256": hashes["red"],
        "original_url": f"/api/v1/projects/birds/pictures/{hashes['red']}/original",
    }
    assert (rows["two"]["image"], list(rows["two"]["pictures"])) == (None, ["first", "second"])
    for each in (rows["one"]["image"], *rows["two"]["pictures"].values()):
        assert alice.client.get(each["url"], headers={"Authorization": f"Bearer {alice.key}"}).status_code == 200
    alice("DELETE", f"{TASKS}/two")
    unused = dict(Image.objects.values_list("sha256", "unused_since"))
    assert (unused[hashes["red"]], unused[hashes["blue"]] is None) == (None, False)


@both_within_a_transaction
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("door", "outcome"), [("WITH closed", "assignment_closed"), ("SELECT * FROM (", "done")])
def test_an_answer_that_is_just_coming_in_is_stored_and_then_deleted_or_refused(
    tasks: Project, alice: Api, bob: Api, door: str, outcome: str
) -> None:
    (lease,) = bob("POST", "/projects/birds/assignments", {}).json()["assignments"]
    name = Assignment.objects.get().task.external_id
    outcomes = at_once(
        lambda: submit_response(assignment=Assignment.objects.get(token=lease["token"]), answer="yes", lease_next=True),
        lambda: deletion.delete_tasks(project=tasks, actor=alice.user, names=[name]),
        door=door,
    )
    assert sorted(outcomes) == sorted(["done", outcome])
    assert (Task.objects.filter(external_id=name).exists(), Response.objects.count()) == (False, 0)


@both_within_a_transaction
@pytest.mark.django_db(transaction=True)
def test_a_lease_that_is_just_made_is_ended_with_its_task(tasks: Project, alice: Api, bob: Api) -> None:
    Task.objects.exclude(external_id="t0").delete()
    outcomes = at_once(
        lambda: deletion.delete_tasks(project=tasks, actor=alice.user, names=["t0"]),
        lambda: lease_tasks(worker=worker_of(bob, tasks)),
        door='INSERT INTO "people_auditevent"',
    )
    assert sorted(outcomes) == ["done", "done"]
    assert (Task.objects.count(), Assignment.objects.count()) == (0, 0)
