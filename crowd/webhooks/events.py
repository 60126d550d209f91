"""The outbox: what happened is written down in the transaction that made it happen, and sent
afterwards."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models.functions import Now

from crowd.batches import BATCH
from crowd.projects.models import Project
from crowd.wakeups import wake
from crowd.webhooks.event_types import EVENT_TYPES
from crowd.webhooks.models import Delivery, Event, Webhook


def record(project: Project, kind: str, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Have events of this kind told to whoever asked for it. Called inside the transaction that
    makes them happen, so that both come about or neither; where nobody asked it costs a query.
    Raises ValueError for an unknown kind."""
    if kind not in EVENT_TYPES:
        raise ValueError(f"{kind} is no kind of event; there are: {', '.join(EVENT_TYPES)}")
    if payloads and (webhook_ids := _subscribed(project, kind)):
        store(project, kind, payloads, webhook_ids)


def _subscribed(project: Project, kind: str) -> list[int]:
    active = Webhook.objects.filter(project=project, active=True).order_by("pk").values_list("pk", "kinds")
    return [pk for pk, kinds in active if kind in kinds]


@transaction.atomic(savepoint=False)
def store(project: Project, kind: str, payloads: Sequence[Mapping[str, Any]], webhook_ids: Sequence[int]) -> None:
    """Write events down for these webhooks, and have them sent once they are there to be read."""
    # The database's time, written out: filled in by itself, it would be an expression in each of
    # thousands of rows.
    now = Webhook.objects.values_list(Now(), flat=True).get(pk=webhook_ids[0])
    events = Event.objects.bulk_create(
        (Event(project_id=project.pk, kind=kind, data=payload, created_at=now) for payload in payloads),
        batch_size=BATCH,
    )
    Delivery.objects.bulk_create(
        (Delivery(event_id=event.pk, webhook_id=pk, next_at=now) for event in events for pk in webhook_ids),
        batch_size=BATCH,
    )
    wake_senders(webhook_ids)


def wake_senders(webhook_ids: Sequence[int]) -> None:
    """Have what is due of these webhooks sent with the commit, and not with the next sweep."""
    for pk in webhook_ids:
        transaction.on_commit(partial(wake, "webhooks.deliver", pk))


def body_of(event: Event, project: Project) -> bytes:
    """What is sent: the same bytes at each attempt."""
    document = {
        "id": event.pk,
        "kind": event.kind,
        "project": project.slug,
        "created_at": event.created_at,
        "data": event.data,
    }
    return json.dumps(document, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False).encode()
