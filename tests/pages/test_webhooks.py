"""Webhooks at the browser."""

import re
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Project, Role
from crowd.webhooks.events import record
from crowd.webhooks.models import Delivery, Event, Webhook
from crowd.webhooks.signatures import secret_of
from crowd.webhooks.subscriptions import make_webhook
from tests.cast import Api
from tests.pages.conftest import text_of
from tests.pages.test_escaping import ESCAPED, PAYLOAD

HOOKS = "/projects/birds/webhooks"
FORM = {"url": "https://example.com/hook", "kinds": ["label.settled", "project.quiet"]}


@pytest.fixture
def webhook(tasks: Project, alice: Api) -> Webhook:
    return make_webhook(project=tasks, actor=alice.user, url="https://example.com/hook", kinds=["label.settled"])


@pytest.fixture
def page(webhook: Webhook) -> str:
    return f"{HOOKS}/{webhook.pk}"


def settle(project: Project, count: int) -> None:
    with transaction.atomic():
        record(project, "label.settled", [{"task": f"t{n}"} for n in range(count)])


def test_owner_makes_a_webhook_and_sees_its_secret_once(owner: Client) -> None:
    made = owner.post(HOOKS, FORM)
    webhook = Webhook.objects.get()
    (secret,) = re.findall(r"whsec_[0-9a-f]{64}", made.content.decode())
    assert secret == secret_of(webhook)
    assert (webhook.url, webhook.kinds) == (FORM["url"], FORM["kinds"])
    for url in (HOOKS, f"{HOOKS}/{webhook.pk}"):
        assert "whsec_" not in owner.get(url).content.decode()
        assert "https://example.com/hook" in text_of(owner.get(url))


def test_what_is_wrong_is_said_at_its_field(owner: Client, tasks: Project) -> None:
    form = owner.post(HOOKS, {"url": "http://10.0.0.1/", "kinds": []}).context["form"]
    assert form.errors == {"kinds": ["This field is required."]}
    form = owner.post(HOOKS, {"url": "http://10.0.0.1/", "kinds": ["label.settled"]}).context["form"]
    assert form.errors == {"url": ["This address belongs to a private network, and can't be reached from here."]}
    assert not Webhook.objects.exists()


def test_owner_changes_switches_rotates_and_deletes(owner: Client, webhook: Webhook, page: str) -> None:
    owner.post(page, {"url": "https://example.org/", "kinds": ["task.disputed"]})
    owner.post(f"{page}/change", {"action": "off"})
    off = text_of(owner.get(page))
    owner.post(f"{page}/change", {"action": "on"})
    rotated = owner.post(f"{page}/change", {"action": "rotate"}).content.decode()
    webhook.refresh_from_db()
    assert (webhook.url, webhook.kinds, webhook.active) == ("https://example.org/", ["task.disputed"], True)
    assert "Switch on" in off
    assert secret_of(webhook) in rotated
    gone = owner.post(f"{page}/change", {"action": "delete"}, follow=True)
    assert "Nothing is sent to it any more." in text_of(gone)
    assert "https://example.org/" not in text_of(gone)
    assert owner.get(page).status_code == 404


def test_a_test_and_a_replay_are_buttons(owner: Client, webhook: Webhook, tasks: Project, page: str) -> None:
    settle(tasks, 3)
    delivered, *_failed = Delivery.objects.order_by("pk")
    Delivery.objects.update(state="failed", attempts=7, next_at=None, error="timeout", tried_at=Now())
    Delivery.objects.filter(pk=delivered.pk).update(state="delivered", attempts=1, status=200, error="")
    shown = text_of(owner.get(page))
    assert shown.count("the receiver did not answer in time") == 2
    owner.post(f"{page}/change", {"action": "replay", "delivery": delivered.pk})
    assert [*Delivery.objects.order_by("pk").values_list("state", flat=True)] == ["waiting", "failed", "failed"]
    again = owner.post(f"{page}/change", {"action": "replay"}, follow=True)
    assert "2 events are sent again." in text_of(again)
    owner.post(f"{page}/change", {"action": "test"})
    assert Delivery.objects.filter(state="waiting", attempts=0).count() == 4
    assert Event.objects.latest("pk").kind == "ping"


@pytest.mark.parametrize("form", [{}, {"action": "explode"}, {"action": "replay", "delivery": "x"}])
def test_a_button_that_is_none_does_nothing(
    form: dict[str, str], owner: Client, webhook: Webhook, tasks: Project, page: str
) -> None:
    settle(tasks, 1)
    Delivery.objects.update(state="failed")
    owner.post(f"{page}/change", form)
    webhook.refresh_from_db()
    assert (webhook.active, webhook.deleted_at, Delivery.objects.get().state) == (True, None, "failed")


def test_why_a_webhook_is_off_is_said(owner: Client, webhook: Webhook, tasks: Project, page: str) -> None:
    settle(tasks, 1)
    Webhook.objects.update(active=False, disabled_reason="tls")
    shown = text_of(owner.get(page))
    assert "for a day every attempt failed. The last time: no secure connection" in shown
    assert "the next when the webhook is switched on" in shown
    assert "Send again" not in shown


def test_a_long_list_has_pages_whose_cost_does_not_grow(
    owner: Client, webhook: Webhook, tasks: Project, page: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner.get(page)
        return len(captured)

    settle(tasks, 1)
    few = queries()
    settle(tasks, 119)
    assert queries() == few
    first = owner.get(page)
    second = owner.get(f"{page}?state=&before={first.context['older']}")
    third = owner.get(f"{page}?before={second.context['older']}")
    shown = [delivery.pk for each in (first, second, third) for delivery, _next in each.context["deliveries"]]
    assert shown == [*Delivery.objects.order_by("-pk").values_list("pk", flat=True)]
    assert third.context["older"] is None
    Delivery.objects.filter(pk__in=shown[:7]).update(state="delivered")
    assert len(owner.get(f"{page}?state=delivered").context["deliveries"]) == 7


def test_webhooks_are_linked_for_those_who_manage(member: Callable[[Role], Client]) -> None:
    assert HOOKS in member(Role.MANAGER).get("/projects/birds").content.decode()
    assert HOOKS not in member(Role.REVIEWER).get("/projects/birds").content.decode()


def test_hostile_addresses_are_text(owner: Client, webhook: Webhook, page: str) -> None:
    Webhook.objects.update(url=PAYLOAD)
    for url in (HOOKS, page):
        content = owner.get(url).content.decode()
        assert PAYLOAD not in content
        assert ESCAPED in content
