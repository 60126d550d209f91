"""Webhooks that are switched off or deleted, and events that are forgotten."""

from datetime import timedelta

from django.utils import timezone

from crowd.people.models import AuditEvent
from crowd.webhooks.delivering import deliver_due, due_webhooks
from crowd.webhooks.models import Delivery, Event, Webhook
from crowd.webhooks.retention import delete_old
from crowd.webhooks.subscriptions import change_webhook, delete_webhook
from tests.cast import Api
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.deliveries import let_time_pass, state_of
from tests.crowd.webhooks.receiver import Receiver


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
    delete_old()
    assert (receiver.received, due_webhooks(), Webhook.objects.count()) == ([], [], 1)
    Webhook.objects.update(deleted_at=timezone.now() - timedelta(hours=2))
    delete_old()
    assert (Webhook.objects.count(), Delivery.objects.count()) == (0, 0)


def test_events_are_forgotten_after_two_weeks(webhook: Webhook, happen: Happen) -> None:
    happen("old", "new")
    old, new = Event.objects.order_by("pk")
    Event.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=15))
    delete_old()
    assert list(Delivery.objects.values_list("event", flat=True)) == [new.pk]
    assert list(Event.objects.all()) == [new]
