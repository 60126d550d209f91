"""Sending events: in order, again after a failure, and never for ever."""

import json
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crowd.fetching.connections import Connection
from crowd.projects.models import Project
from crowd.webhooks.delivering import BACK_OFF, deliver_due, due_webhooks
from crowd.webhooks.models import Delivery, Event, Webhook
from crowd.webhooks.signatures import secret_of
from tests.cast import Api
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.deliveries import let_time_pass, state_of
from tests.crowd.webhooks.receiver import Receiver
from tests.crowd.webhooks.recipe import is_genuine


def test_an_event_arrives_once_with_its_id_and_a_signature_that_the_documented_recipe_accepts(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    happen("tä0")
    deliver_due(webhook.pk)
    deliver_due(webhook.pk)
    (request,) = receiver.received
    event = Event.objects.get()
    document = json.loads(request.body)
    assert document.pop("created_at").startswith(event.created_at.strftime("%Y-%m-%dT%H:%M:%S"))
    assert document == {
        "id": event.pk,
        "kind": "label.settled",
        "project": "birds",
        "data": {"task": "tä0", "label": "yes"},
    }
    assert (request.path, request.headers["Crowd-Event-Id"]) == ("/hook", str(event.pk))
    assert (request.headers["Crowd-Event-Kind"], request.headers["Content-Type"]) == (
        "label.settled",
        "application/json",
    )
    assert is_genuine(secret_of(webhook), request)
    assert state_of(webhook) == [("delivered", 1, 200, "")]


def test_what_failed_is_tried_again_later_and_later_and_then_given_up(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    receiver.answers = [500] * 20
    happen("t0")
    waits = []
    for _ in range(len(BACK_OFF) + 3):
        deliver_due(webhook.pk)
        delivery = Delivery.objects.get()
        if delivery.next_at is not None:
            assert delivery.tried_at is not None
            waits.append(delivery.next_at - delivery.tried_at)
        let_time_pass()
    assert [round(wait.total_seconds()) for wait in waits] == [10, 60, 300, 1800, 7200, 43200]
    assert state_of(webhook) == [("failed", 7, 500, "status")]
    assert receiver.event_ids == [Event.objects.get().pk] * 7


def test_a_failure_is_forgotten_when_the_next_attempt_arrives(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    receiver.answers = [503]
    happen("t0")
    deliver_due(webhook.pk)
    assert due_webhooks() == []
    assert state_of(webhook) == [("waiting", 1, 503, "status")]
    let_time_pass()
    assert due_webhooks() == [webhook.pk]
    deliver_due(webhook.pk)
    webhook.refresh_from_db()
    assert state_of(webhook) == [("delivered", 2, 200, "")]
    assert (webhook.failures, webhook.failing_since, webhook.rests_until) == (0, None, None)


def test_events_arrive_in_order_over_one_connection_and_wait_for_one_that_failed(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    happen(*[f"t{n}" for n in range(10)])
    receiver.answers = [200, 200, 500]
    deliver_due(webhook.pk)
    let_time_pass()
    happen("later")
    deliver_due(webhook.pk)
    ids = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert receiver.event_ids == [*ids[:3], *ids[2:]]
    assert receiver.connections == 2  # one before the failure, one after


def test_no_request_waits_for_the_receiver_to_acknowledge_its_first_half(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[socket.socket] = []
    connect = socket.create_connection

    def noted(*where: Any) -> socket.socket:
        opened.append(connect(*where))
        return opened[-1]

    monkeypatch.setattr(socket, "create_connection", noted)
    with closing(Connection(receiver.url)) as line:
        assert line.post(b"{}", {}).status == 200
        (connection,) = opened
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_event_that_its_receiver_never_takes_lets_the_others_pass_in_the_end(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    happen("poison", "t1", "t2")
    receiver.answers = [500] * 4
    for _ in range(4):
        deliver_due(webhook.pk)
        let_time_pass()
    Delivery.objects.filter(attempts=4).update(next_at=timezone.now() + BACK_OFF[3])
    deliver_due(webhook.pk)
    assert [state for state, *_rest in state_of(webhook)] == ["waiting", "delivered", "delivered"]


def test_a_dead_receiver_costs_one_request_however_much_waits_for_it(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    receiver.answers = [500] * 50
    happen(*[f"t{n}" for n in range(100)])
    for _ in range(20):
        deliver_due(webhook.pk)
    assert len(receiver.received) == 1


def test_a_job_that_was_killed_is_made_up_for_when_its_claim_has_run_out(
    webhook: Webhook, receiver: Receiver, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen("t0")

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crowd.webhooks.delivering._note_successes", die)
    with pytest.raises(KeyboardInterrupt):
        deliver_due(webhook.pk)
    monkeypatch.undo()
    Webhook.objects.update(
        claimed_until=timezone.now() + timedelta(minutes=1), next_try_at=None
    )  # as kill -9 leaves it
    deliver_due(webhook.pk)
    assert (due_webhooks(), len(receiver.received)) == ([], 1)
    Webhook.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert due_webhooks() == [webhook.pk]
    deliver_due(webhook.pk)
    assert receiver.event_ids == [Event.objects.get().pk] * 2  # at least once, and the id says that it is the same
    assert state_of(webhook) == [("delivered", 1, 200, "")]


def test_whoever_waited_longest_is_served_first(
    project: Project, webhook: Webhook, happen: Happen, alice: Api, receiver: Receiver
) -> None:
    body = {"url": receiver.url, "kinds": ["label.settled"]}
    second = alice("POST", "/projects/birds/webhooks", body).json()["id"]
    happen("t0")
    Webhook.objects.filter(pk=webhook.pk).update(ran_at=timezone.now())
    assert due_webhooks() == [second, webhook.pk]


def before_each(statement: str, act: Callable[[], object]) -> Any:
    """Has something else happen right before each statement that begins like this."""

    def run(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(statement) and not acting:
            acting.append(sql)
            act()
            acting.clear()
        return execute(sql, *rest)

    acting: list[str] = []
    return connection.execute_wrapper(run)


def test_an_event_that_arrived_meanwhile_does_not_wait_again_because_another_attempt_failed(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    happen("t0")
    receiver.answers = [500]
    arrived = {"state": "delivered", "next_at": None}  # by a job that took this one for killed
    with before_each('UPDATE "webhooks_delivery"', lambda: Delivery.objects.update(**arrived)):
        deliver_due(webhook.pk)
    assert [state for state, *_rest in state_of(webhook)] == ["delivered"]
    let_time_pass()
    assert due_webhooks() == []


def test_nothing_is_sent_from_the_moment_that_the_webhook_is_switched_off(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    happen(*[f"t{n}" for n in range(10)])

    def switch_off() -> None:
        if len(receiver.received) == 3:
            Webhook.objects.update(active=False)

    with before_each("SELECT", switch_off):
        deliver_due(webhook.pk)
    assert [state for state, *_rest in state_of(webhook)] == ["delivered"] * 3 + ["waiting"] * 7
    alice("PATCH", f"/projects/birds/webhooks/{webhook.pk}", {"active": True})
    deliver_due(webhook.pk)
    assert len(receiver.received) == len(set(receiver.event_ids)) == 10
