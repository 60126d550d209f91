"""Webhooks through the API: for those who manage the project, and with secrets that are shown
once."""

import json
from typing import Any

import pytest

from crowd.people.models import AuditEvent, StoredReply
from crowd.projects.models import Membership, Project
from crowd.webhooks.delivering import deliver_due
from crowd.webhooks.models import Delivery, Webhook
from crowd.webhooks.signatures import secret_of
from tests.cast import Api
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.receiver import Receiver

HOOKS = "/projects/birds/webhooks"
BODY = {"url": "https://example.com/hook?token=hidden", "kinds": ["task.disputed", "label.settled", "task.disputed"]}


def test_a_webhook_is_made_changed_listed_and_deleted(project: Project, alice: Api) -> None:
    made = alice("POST", HOOKS, BODY)
    pk = made.json()["id"]
    changed = alice("PATCH", f"{HOOKS}/{pk}", {"kinds": ["project.quiet"], "active": False}).json()
    (listed,) = alice("GET", HOOKS).json()["results"]
    assert made.status_code == 201
    assert (made.json()["kinds"], made.json()["created_by"]) == (
        ["label.settled", "task.disputed"],
        "alice@example.com",
    )
    assert (changed["kinds"], changed["active"], changed["url"]) == (["project.quiet"], False, BODY["url"])
    assert listed == alice("GET", f"{HOOKS}/{pk}").json() == changed
    assert alice("DELETE", f"{HOOKS}/{pk}").status_code == 204
    assert [alice("GET", f"{HOOKS}/{pk}").status_code, alice("GET", HOOKS).json()["results"]] == [404, []]
    audited = AuditEvent.objects.filter(action__startswith="webhook.").order_by("pk")
    assert [event.action for event in audited] == ["webhook.made", "webhook.changed", "webhook.deleted"]
    assert "hidden" not in json.dumps([event.detail for event in audited])


def test_the_secret_is_in_the_reply_that_makes_it_and_nowhere_else(
    project: Project, alice: Api, happen: Happen, receiver: Receiver
) -> None:
    made = alice("POST", HOOKS, {**BODY, "url": receiver.url}).json()
    webhook = Webhook.objects.get()
    happen("t0")
    deliver_due(webhook.pk)
    path = f"{HOOKS}/{webhook.pk}"
    shown = [alice("GET", HOOKS), alice("GET", path), alice("PATCH", path, {}), alice("GET", f"{path}/deliveries")]
    shown += [alice("POST", f"{path}/test"), alice("POST", f"{path}/replay", {})]
    secret = made["secret"]
    assert secret == secret_of(webhook)
    assert len(secret) == len("whsec_") + 64
    assert not any(secret in reply.content.decode() or "whsec_" in reply.content.decode() for reply in shown)
    rotated = alice("POST", f"{path}/secret").json()["secret"]
    assert rotated == secret_of(Webhook.objects.get()) != secret
    stored = json.dumps([[*Webhook.objects.values()], [*AuditEvent.objects.values("detail")]], default=str)
    assert secret.removeprefix("whsec_") not in stored
    assert rotated.removeprefix("whsec_") not in stored


def test_a_retried_post_makes_one_webhook_and_shows_its_secret_again_without_storing_it(
    project: Project, alice: Api
) -> None:
    first, again = (alice("POST", HOOKS, BODY, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, again.status_code, Webhook.objects.count()) == (201, 201, 1)
    assert first.json() == again.json()
    assert first.json()["secret"].startswith("whsec_")
    assert "whsec_" not in json.dumps(StoredReply.objects.get().body)


def test_two_webhooks_have_different_secrets_and_another_site_has_others(
    project: Project, alice: Api, settings: Any
) -> None:
    secrets = [alice("POST", HOOKS, BODY).json()["secret"] for _ in range(2)]
    settings.SECRET_KEY = "another"
    assert len({*secrets, secret_of(Webhook.objects.order_by("pk")[0])}) == 3


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"url": "http://169.254.169.254/"}, "url", "bad_url"),
        ({"url": "http://" + "x" * 1000}, "url", "max_length"),
        ({"url": "file:///etc/passwd"}, "url", "bad_url"),
        ({"kinds": []}, "kinds", "min_length"),
        ({"kinds": ["ping"]}, "kinds.0", "invalid_choice"),
        ({"kinds": "label.settled"}, "kinds", "not_a_list"),
        ({"nonce": "x"}, "nonce", "unknown"),
        ({"secret": "x"}, "secret", "unknown"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    project: Project, alice: Api, change: dict[str, Any], field: str, code: str
) -> None:
    faults = alice("POST", HOOKS, {**BODY, **change}).json()["errors"]
    assert [(fault["field"], fault["code"]) for fault in faults] == [(field, code)]
    assert not Webhook.objects.exists()


def test_a_project_has_at_most_twenty(project: Project, alice: Api) -> None:
    replies = [alice("POST", HOOKS, BODY) for _ in range(21)]
    assert [reply.status_code for reply in replies] == [201] * 20 + [409]
    assert replies[-1].json()["code"] == "too_many_webhooks"


def test_a_test_arrives_as_a_ping(webhook: Webhook, receiver: Receiver, alice: Api) -> None:
    asked = alice("POST", f"{HOOKS}/{webhook.pk}/test")
    deliver_due(webhook.pk)
    (request,) = receiver.received
    assert (asked.status_code, asked.json()["kind"], asked.json()["state"]) == (202, "ping", "waiting")
    assert json.loads(request.body)["data"] == {"webhook": webhook.pk}
    (shown,) = alice("GET", f"{HOOKS}/{webhook.pk}/deliveries").json()["results"]
    assert (shown["event"], shown["state"], shown["attempts"]) == (asked.json()["event"], "delivered", 1)


def test_deliveries_are_listed_newest_first_by_state_and_in_pages(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    happen("t0", "t1", "t2")
    receiver.answers = [200, 500]
    deliver_due(webhook.pk)
    path = f"{HOOKS}/{webhook.pk}/deliveries"
    first = alice("GET", f"{path}?limit=2").json()
    second = alice("GET", first["next"].partition("/api/v1")[2]).json()
    shown = [*first["results"], *second["results"]]
    assert [row["data"]["task"] for row in shown] == ["t2", "t1", "t0"]
    assert [(row["state"], row["attempts"], row["status"], row["error"]) for row in shown] == [
        ("waiting", 0, None, ""),
        ("waiting", 1, 500, "status"),
        ("delivered", 1, 200, ""),
    ]
    waiting = alice("GET", f"{path}?state=waiting").json()["results"]
    assert [row["data"]["task"] for row in waiting] == ["t2", "t1"]


def test_a_replay_sends_the_same_event_again_at_once(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    happen("t0", "t1")
    deliver_due(webhook.pk)
    delivery = Delivery.objects.order_by("pk")[0]
    reply = alice("POST", f"{HOOKS}/{webhook.pk}/deliveries/{delivery.pk}/replay")
    deliver_due(webhook.pk)
    assert (reply.status_code, reply.json()["state"], reply.json()["attempts"]) == (202, "waiting", 0)
    assert receiver.event_ids == [delivery.event_id, delivery.event_id + 1, delivery.event_id]
    assert receiver.received[0].body == receiver.received[2].body


def test_all_that_were_given_up_are_replayed_since_a_time_and_though_the_webhook_rests(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    happen("old", "new", "delivered")
    receiver.answers = [500]
    deliver_due(webhook.pk)
    old, new, _delivered = Delivery.objects.order_by("pk").select_related("event")
    type(old.event).objects.filter(pk=old.event_id).update(created_at="2026-01-01T00:00:00Z")
    Delivery.objects.filter(pk__in=[old.pk, new.pk]).update(state="failed", attempts=7, next_at=None)
    reply = alice("POST", f"{HOOKS}/{webhook.pk}/replay", {"since": "2026-01-02T00:00:00Z"}).json()
    deliver_due(webhook.pk)
    assert reply == {"replayed": 1, "more": False}
    assert receiver.event_ids == [old.event_id, new.event_id, new.event_id + 1]
    assert alice("POST", f"{HOOKS}/{webhook.pk}/replay", {}).json() == {"replayed": 1, "more": False}
    assert [*Delivery.objects.order_by("pk").values_list("state", flat=True)] == ["waiting", "delivered", "delivered"]


def test_what_is_switched_off_is_neither_tried_nor_replayed(webhook: Webhook, happen: Happen, alice: Api) -> None:
    happen("t0")
    path = f"{HOOKS}/{webhook.pk}"
    alice("PATCH", path, {"active": False})
    delivery = Delivery.objects.get()
    replies = [alice("POST", f"{path}/{way}", {}) for way in ("test", "replay", f"deliveries/{delivery.pk}/replay")]
    assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [(409, "webhook_inactive")] * 3


ROUTES = [
    *(("GET", HOOKS), ("POST", HOOKS), ("GET", "{hook}"), ("PATCH", "{hook}"), ("POST", "{hook}/secret")),
    *(("POST", "{hook}/test"), ("POST", "{hook}/replay"), ("GET", "{hook}/deliveries")),
    *(("POST", "{hook}/deliveries/{delivery}/replay"), ("DELETE", "{hook}")),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_webhooks_are_for_those_who_manage_the_project(
    method: str, path: str, webhook: Webhook, happen: Happen, project: Project, alice: Api, bob: Api, charlie: Api
) -> None:
    happen("t0")
    path = path.format(hook=f"{HOOKS}/{webhook.pk}", delivery=Delivery.objects.get().pk)
    body = BODY if path == HOOKS else {}
    refused = [api(method, path, body if method != "GET" else None).status_code for api in (bob, charlie)]
    Membership.objects.create(project=project, user=charlie.user, role="reviewer")
    refused.append(charlie(method, path, body if method != "GET" else None).status_code)
    Membership.objects.filter(user=charlie.user).update(role="manager")
    assert refused == [403, 404, 403]
    assert charlie(method, path, body if method != "GET" else None).status_code in {200, 201, 202, 204}


def test_another_project_does_not_lead_to_a_webhook_or_its_deliveries(
    webhook: Webhook, happen: Happen, charlie: Api
) -> None:
    happen("t0")
    made = {"slug": "other", "name": "Other", "schema": {"type": "choice", "classes": ["a", "b"]}}
    charlie("POST", "/projects", made)
    own = charlie("POST", "/projects/other/webhooks", BODY).json()["id"]
    delivery = Delivery.objects.get().pk
    paths = [f"/projects/other/webhooks/{webhook.pk}", f"/projects/other/webhooks/{webhook.pk}/deliveries"]
    assert [charlie("GET", path).status_code for path in paths] == [404, 404]
    assert charlie("POST", f"/projects/other/webhooks/{own}/deliveries/{delivery}/replay").status_code == 404
    assert [row["id"] for row in charlie("GET", "/projects/other/webhooks").json()["results"]] == [own]
