"""Programs are told of a task when it is settled or disputed, once, whoever worked that out."""

import pytest

from crowd.projects.models import Membership, Project
from crowd.webhooks.models import Event, Webhook
from quality.models import Consensus
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from tasks.responses.voiding import void_responses
from tests.cast import Api
from tests.quality.refresh.test_scheduling import vote

KINDS = ["label.settled", "label.reopened", "task.disputed"]


@pytest.fixture
def heard(tasks: Project, alice: Api) -> Project:
    """Two answers of two settle a task, and two to one don't."""
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority", "min_responses": 2, "max_responses": 3}})
    Webhook.objects.create(project=tasks, url="https://example.org/", kinds=KINDS)
    refresh_project(tasks.pk)
    tasks.refresh_from_db()
    return tasks


def told() -> list[tuple[str, str]]:
    """Kind and task of each event, and forget them."""
    events = [(event.kind, event.data["task"]) for event in Event.objects.order_by("kind", "pk")]
    Event.objects.all().delete()
    return sorted(events)


def test_live_labels_and_fits_tell_of_each_change_once(heard: Project, alice: Api) -> None:
    vote(alice, "t0 a yes", "t0 b yes", "t1 a yes", "t1 b no", "t1 c yes", "t2 a yes")
    keep_up(heard)
    assert told() == [("label.settled", "t0"), ("task.disputed", "t1")]
    refresh_project(heard.pk)
    assert told() == []
    alice("PATCH", "/projects/birds", {"quality": {"target_confidence": 0.6}})
    refresh_project(heard.pk)
    assert told() == [("label.settled", "t1")]


def test_a_task_that_stays_settled_and_only_becomes_surer_or_less_sure_is_not_told_again(
    heard: Project, alice: Api
) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"target_confidence": 0.6}})
    heard.refresh_from_db()
    vote(alice, "t0 a yes", "t0 b yes")
    keep_up(heard)
    assert told() == [("label.settled", "t0")]
    seen = [Consensus.objects.get(task__external_id="t0").confidence]
    for row in ("t0 c no", "t0 d yes"):
        vote(alice, row)
        keep_up(heard)
        refresh_project(heard.pk)
        seen.append(Consensus.objects.get(task__external_id="t0").confidence)
    assert told() == []
    assert len(set(seen)) == 3


def test_what_is_told_is_what_the_list_of_labels_says(heard: Project, alice: Api) -> None:
    vote(alice, "t0 a yes", "t0 b yes")
    keep_up(heard)
    data = Event.objects.get().data
    (row,) = [row for row in alice("GET", "/projects/birds/labels").json()["results"] if row["task"] == "t0"]
    assert data == {name: row[name] for name in data}
    assert {"task", "label", "confidence", "responses", "source"} <= data.keys()


def test_a_decision_settles_a_task(heard: Project, alice: Api) -> None:
    alice("PUT", "/projects/birds/tasks/t5/adjudication", {"answer": "no"})
    assert told() == [("label.settled", "t5")]
    keep_up(heard)
    refresh_project(heard.pk)
    assert told() == []


def test_a_step_that_fails_has_told_nobody(heard: Project, alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("quality.refresh.live.moved", fail)
    vote(alice, "t0 a yes", "t0 b yes")
    with pytest.raises(ZeroDivisionError):
        keep_up(heard)
    assert told() == []


def test_a_label_that_was_sure_enough_and_is_not_any_more_is_told(heard: Project, alice: Api) -> None:
    vote(alice, "t0 a yes", "t0 b yes", "t1 a yes", "t1 b yes")
    keep_up(heard)
    assert told() == [("label.settled", "t0"), ("label.settled", "t1")]
    vote(alice, "t0 b no")
    keep_up(heard)
    assert told() == [("label.reopened", "t0")]
    for voter in Membership.objects.filter(project=heard, user=None):
        void_responses(voter)
    keep_up(heard)
    assert told() == [("label.reopened", "t1")]
    keep_up(heard)
    refresh_project(heard.pk)
    assert told() == []


def test_whoever_asked_for_labels_is_told_when_they_are_there(
    heard: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    Webhook.objects.update(kinds=["refresh.done"])
    vote(alice, "t0 a yes")
    asked = alice("POST", "/projects/birds/refresh").json()
    refresh_project(heard.pk)
    done = Event.objects.get()
    shown = alice("GET", f"/projects/birds/refreshes/{asked['id']}").json()
    assert (done.kind, done.data) == ("refresh.done", {name: shown[name] for name in done.data})
    assert (done.data["id"], done.data["state"], done.data["method"]) == (asked["id"], "done", "majority")

    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("quality.kinds.choice.service.fit_matrix", fail)
    alice("POST", "/projects/birds/refresh")
    refresh_project(heard.pk)
    assert Event.objects.latest("pk").data["state"] == "failed"


def test_fits_that_nobody_asked_for_are_not_told(heard: Project, alice: Api) -> None:
    Webhook.objects.update(kinds=["refresh.done"])
    vote(alice, "t0 a yes")
    refresh_project(heard.pk)
    assert not Event.objects.exists()
