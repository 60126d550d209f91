"""Sending events: signed, in order, again after a failure, and never for ever."""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.utils import timezone

from crowd.paths import ROOT
from crowd.people.models import AuditEvent
from crowd.projects.models import Project
from crowd.webhooks import lines
from crowd.webhooks.delivering import BACK_OFF, deliver_due, due_webhooks
from crowd.webhooks.forgetting import forget_old
from crowd.webhooks.models import Delivery, Event, Webhook
from crowd.webhooks.signatures import secret_of
from crowd.webhooks.subscriptions import change_webhook, delete_webhook, rotate_secret
from tests.cast import Api
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.receiver import Answer, Received, Receiver, listening


def the_recipe() -> Callable[[str, str, bytes], bool]:
    """What docs/webhooks.md tells receivers to do."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    recipe: Callable[[str, str, bytes], bool] = names["is_genuine"]
    return recipe


def is_genuine(secret: str, request: Received) -> bool:
    return the_recipe()(secret, request.headers["Crowd-Signature"], request.body)


def let_time_pass() -> None:
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now() - timedelta(seconds=1))
    Webhook.objects.update(rests_until=None)


def state_of(webhook: Webhook) -> list[tuple[str, int, int | None, str]]:
    return list(webhook.deliveries.order_by("pk").values_list("state", "attempts", "status", "error"))


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


def test_the_recipe_refuses_what_was_forged_altered_or_recorded_long_ago(
    webhook: Webhook, receiver: Receiver, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen("t0")
    deliver_due(webhook.pk)
    (request,) = receiver.received
    signature = request.headers["Crowd-Signature"]
    assert not is_genuine("whsec_guess", request)
    assert not the_recipe()(secret_of(webhook), signature, request.body + b" ")
    moved = re.sub(r"t=(\d+)", lambda found: f"t={int(found[1]) + 1}", signature)
    assert not the_recipe()(secret_of(webhook), moved, request.body)
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assert not is_genuine(secret_of(webhook), request)


def test_for_a_day_both_the_old_and_the_new_secret_are_good(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    old, new = secret_of(webhook), secret_of(rotate_secret(webhook=webhook, actor=alice.user))
    happen("t0")
    deliver_due(webhook.pk)
    Webhook.objects.update(old_until=timezone.now() - timedelta(seconds=1))
    happen("t1")
    deliver_due(webhook.pk)
    assert old != new
    assert [[is_genuine(secret, request) for secret in (old, new)] for request in receiver.received] == [
        [True, True],
        [False, True],
    ]


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


def silence(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)  # until the other side has had enough


def trickle(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)
    except OSError:
        pass


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (silence, None, "timeout"),
        (trickle, None, "timeout"),
        (nonsense, None, "protocol"),
        (hang_up, None, "unreachable"),
        (404, 404, "status"),
        (500, 500, "status"),
        (304, 304, "redirect"),
    ],
)
def test_every_way_to_fail_is_named_and_none_takes_long(
    webhook: Webhook,
    receiver: Receiver,
    happen: Happen,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    status: int | None,
    error: str,
) -> None:
    monkeypatch.setattr(lines, "SILENCE", 0.4)
    monkeypatch.setattr(lines, "WHOLE", 0.8)
    receiver.answers = [answer]
    happen("t0")
    began = time.monotonic()
    deliver_due(webhook.pk)
    assert time.monotonic() - began < 3
    assert state_of(webhook) == [("waiting", 1, status, error)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(webhook: Webhook, receiver: Receiver, happen: Happen, status: int) -> None:
    with listening() as elsewhere:

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Location", elsewhere.url)
            handler.end_headers()

        receiver.answers = [redirect]
        happen("t0")
        deliver_due(webhook.pk)
        assert (state_of(webhook), elsewhere.connections) == ([("waiting", 1, status, "redirect")], 0)


def test_a_flood_for_an_answer_is_not_read(webhook: Webhook, receiver: Receiver, happen: Happen) -> None:
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        try:
            while True:
                sent.append(handler.wfile.write(b"x" * 65536))
        except OSError:
            pass

    receiver.answers = [flood]
    happen("t0", "t1")
    deliver_due(webhook.pk)
    assert [state for state, *_rest in state_of(webhook)] == ["delivered", "delivered"]
    assert sum(sent) < 20_000_000  # what fits into the buffers of the two ends


def test_a_receiver_that_closes_kept_connections_loses_nothing(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    def answer_and_hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answers = [answer_and_hang_up] * 3
    happen("t0", "t1", "t2", "t3")
    deliver_due(webhook.pk)
    assert state_of(webhook) == [("delivered", 1, 200, "")] * 4
    assert receiver.connections == 4


def test_nothing_listens(webhook: Webhook, receiver: Receiver, happen: Happen) -> None:
    receiver.close()
    happen("t0")
    deliver_due(webhook.pk)
    assert state_of(webhook) == [("waiting", 1, None, "unreachable")]


def test_a_job_that_was_killed_is_made_up_for_when_its_claim_has_run_out(
    webhook: Webhook, receiver: Receiver, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen("t0")

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crowd.webhooks.delivering._note_success", die)
    with pytest.raises(KeyboardInterrupt):
        deliver_due(webhook.pk)
    monkeypatch.undo()
    Webhook.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))  # as kill -9 leaves it
    deliver_due(webhook.pk)
    assert (due_webhooks(), len(receiver.received)) == ([], 1)
    Webhook.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert due_webhooks() == [webhook.pk]
    deliver_due(webhook.pk)
    assert receiver.event_ids == [Event.objects.get().pk] * 2  # at least once, and the id says that it is the same
    assert state_of(webhook) == [("delivered", 1, 200, "")]


def test_after_a_day_of_failures_a_webhook_is_switched_off_and_says_why(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    receiver.answers = [500, 500, 502]
    happen("t0")
    for age in (timedelta(), timedelta(hours=23), timedelta(hours=25)):
        Webhook.objects.exclude(failing_since=None).update(failing_since=timezone.now() - age)
        deliver_due(webhook.pk)
        let_time_pass()
    webhook.refresh_from_db()
    assert (webhook.active, webhook.disabled_reason, due_webhooks()) == (False, "status", [])
    (event,) = AuditEvent.objects.filter(action="webhook.disabled")
    assert (event.actor, event.subject, event.detail) == (None, "birds", {"webhook": webhook.pk, "reason": "status"})
    again = change_webhook(webhook=webhook, actor=alice.user, active=True)
    assert (again.disabled_reason, again.failing_since, due_webhooks()) == ("", None, [webhook.pk])
    deliver_due(webhook.pk)
    assert [state for state, *_rest in state_of(webhook)] == ["delivered"]


def test_a_webhook_that_is_deleted_is_sent_nothing_and_forgotten_an_hour_later(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    happen("t0")
    delete_webhook(webhook=webhook, actor=alice.user)
    deliver_due(webhook.pk)
    forget_old()
    assert (receiver.received, due_webhooks(), Webhook.objects.count()) == ([], [], 1)
    Webhook.objects.update(deleted_at=timezone.now() - timedelta(hours=2))
    forget_old()
    assert (Webhook.objects.count(), Delivery.objects.count()) == (0, 0)


def test_events_are_forgotten_after_two_weeks(webhook: Webhook, happen: Happen) -> None:
    happen("old", "new")
    old, new = Event.objects.order_by("pk")
    Event.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=15))
    forget_old()
    assert list(Delivery.objects.values_list("event", flat=True)) == [new.pk]
    assert list(Event.objects.all()) == [new]


def test_whoever_waited_longest_is_served_first(
    project: Project, webhook: Webhook, happen: Happen, alice: Api, receiver: Receiver
) -> None:
    body = {"url": receiver.url, "kinds": ["label.settled"]}
    second = alice("POST", "/projects/birds/webhooks", body).json()["id"]
    happen("t0")
    Webhook.objects.filter(pk=webhook.pk).update(ran_at=timezone.now())
    assert due_webhooks() == [second, webhook.pk]
