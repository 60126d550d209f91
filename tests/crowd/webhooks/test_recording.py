"""The outbox: events are there if what happened is there, and only if somebody wants them."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Project
from crowd.webhooks.events import record
from crowd.webhooks.models import Delivery, Event, Webhook
from crowd.webhooks.subscriptions import change_webhook, delete_webhook, make_webhook
from tests.cast import Api


def test_where_nobody_asked_it_costs_a_query_and_writes_nothing(project: Project, webhook: Webhook, alice: Api) -> None:
    change_webhook(webhook=webhook, actor=alice.user, active=False)
    make_webhook(project=project, actor=alice.user, url="https://example.com", kinds=["project.quiet"])
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        record(project, "label.settled", [{"task": f"t{n}"} for n in range(5000)])
    assert len(queries) == 1
    assert not Event.objects.exists()


def test_what_is_rolled_back_did_not_happen(
    project: Project, webhook: Webhook, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as wake_ups, transaction.atomic():
        record(project, "label.settled", [{"task": "t0"}])
        transaction.set_rollback(True)
    assert (Event.objects.count(), Delivery.objects.count(), wake_ups) == (0, 0, [])


def test_the_broker_hears_of_it_after_the_commit_and_once(
    project: Project, webhook: Webhook, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as wake_ups, transaction.atomic():
        record(project, "label.settled", [{"task": f"t{n}"} for n in range(20)])
    assert len(wake_ups) == 1


def test_thousands_are_written_in_a_few_statements_and_in_their_order(
    project: Project, webhook: Webhook, alice: Api
) -> None:
    second = make_webhook(project=project, actor=alice.user, url="https://example.com", kinds=["label.settled"])
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        record(project, "label.settled", [{"task": n} for n in range(2500)])
    assert [event.data["task"] for event in Event.objects.order_by("pk")] == list(range(2500))
    for each in (webhook, second):
        assert each.deliveries.filter(state="waiting", attempts=0).count() == 2500
    assert len(queries) <= (60 if connection.vendor == "sqlite" else 10)


def test_webhooks_are_told_the_kinds_they_asked_for_and_nothing_of_other_projects(
    project: Project, webhook: Webhook, alice: Api
) -> None:
    body = {"slug": "other", "name": "Other", "schema": {"type": "choice", "classes": ["a", "b"]}}
    alice("POST", "/projects", body)
    other = Project.objects.get(slug="other")
    deleted = make_webhook(project=project, actor=alice.user, url="https://example.com", kinds=["task.disputed"])
    delete_webhook(webhook=deleted, actor=alice.user)
    for where, kind in ((project, "worker.suspended"), (project, "task.disputed"), (other, "task.disputed")):
        record(where, kind, [{}])
    (delivery,) = Delivery.objects.select_related("event")
    assert (delivery.webhook_id, delivery.event.kind, delivery.event.project_id) == (
        webhook.pk,
        "task.disputed",
        project.pk,
    )


def test_a_kind_that_is_not_in_the_registry_is_a_mistake(project: Project, webhook: Webhook) -> None:
    with pytest.raises(ValueError, match=r"label\.setled is no kind of event; there are: label\.settled"):
        record(project, "label.setled", [{}])
