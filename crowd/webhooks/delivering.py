"""Sending what is due: to each webhook in order, by one job at a time, which ends at the first
failure.

A webhook that fails rests, as a whole, for longer each time; so a dead receiver costs a request now
and then, however much waits for it. A delivery that fails is tried again in its own time, and given
up in the end.
"""

import time
from collections import defaultdict
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce, Now

from crowd.claims import Claim
from crowd.fetching.connections import Connection
from crowd.fetching.outcomes import Outcome
from crowd.people.models import audit
from crowd.webhooks.events import body_of
from crowd.webhooks.models import Delivery, Webhook
from crowd.webhooks.signatures import signing_headers

RUN = 5.0  # seconds after which others have their turn
AT_ONCE = 50  # deliveries that are read together
NOTED_EVERY = 0.5  # seconds: what was sent since then is sent again after a kill
BACK_OFF = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
]
RESTS = BACK_OFF[:3]  # of the webhook: within five minutes of its recovery a receiver hears of everything else
GIVEN_UP_AFTER = timedelta(days=1)
RECOVERED: dict[str, Any] = {"failures": 0, "failing_since": None, "rests_until": None}

State = Delivery.State


def due_webhooks() -> list[int]:
    """Webhooks with something to send that nobody is at, the longest untouched first: a look into
    an index each."""
    due = Delivery.objects.due().filter(webhook=OuterRef("pk"))
    Webhook.objects.free_the_dead()
    ready = Webhook.objects.ready().filter(Exists(due))
    return list(ready.order_by(F("ran_at").asc(nulls_first=True), "pk").values_list("pk", flat=True))


def deliver_due(webhook_id: int) -> bool:
    """Send what is due to one receiver, oldest first, until something fails, nothing is left or the
    time is up.

    Says whether more can be sent at once. Nothing happens where another job is at it.
    """
    with Webhook.objects.ready().claim(webhook_id) as claim:
        return claim is not None and _deliver_until(time.monotonic() + RUN, claim)
    return False


def _deliver_until(ends: float, claim: Claim[Webhook]) -> bool:
    webhook = claim.row
    with closing(Connection(webhook.url)) as connection:
        while batch := _next_due(webhook):
            claim.renew()
            if not _send(batch, claim, connection):
                return False
            if time.monotonic() > ends:
                return True
    return False


def _next_due(webhook: Webhook) -> list[Any]:
    """The oldest, with the database's time as `now`; none if the webhook was switched off
    meanwhile."""
    due = Delivery.objects.due().filter(webhook=webhook, webhook__active=True)
    return list(due.select_related("event").annotate(now=Now()).order_by("pk")[:AT_ONCE])


def _send(batch: list[Any], claim: Claim[Webhook], connection: Connection) -> bool:
    """Send these, or the first of them if that takes long; says whether all went well."""
    webhook, delivered, until = claim.row, [], time.monotonic() + NOTED_EVERY
    try:
        for delivery in batch:
            if not _is_wanted(claim):
                return False
            body = body_of(delivery.event, webhook.project)
            outcome = connection.post(body, _headers(delivery, webhook, body, delivery.now))
            if outcome.failure is not None:
                _note_failure(delivery, webhook, outcome)
                return False
            delivered.append((delivery.pk, outcome.status))
            if time.monotonic() > until:
                break
    finally:
        _note_successes(delivered, webhook)
    return True


def _is_wanted(claim: Claim[Webhook]) -> bool:
    """Whether nobody has switched the webhook off, and nobody else sends."""
    return Webhook.objects.filter(pk=claim.row.pk, holder=claim.holder, active=True).exists()


def _headers(delivery: Delivery, webhook: Webhook, body: bytes, now: datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Crowd-Webhooks/1",
        "Crowd-Event-Id": str(delivery.event_id),
        "Crowd-Event-Kind": delivery.event.kind,
        **signing_headers(webhook, f"evt_{delivery.event_id}", body, now),
    }


def _note_successes(delivered: list[tuple[int, int | None]], webhook: Webhook) -> None:
    """One statement for each status: a commit for each delivery would take longer than to send
    it."""
    keys: defaultdict[int | None, list[int]] = defaultdict(list)
    for key, status in delivered:
        keys[status].append(key)
    for status, group in keys.items():
        Delivery.objects.filter(pk__in=group).update(
            state=State.DELIVERED,
            attempts=F("attempts") + 1,
            next_at=None,
            status=status,
            error="",
            tried_at=Now(),
            delivered_at=Now(),
        )
    if delivered and Webhook.objects.filter(pk=webhook.pk, failures__gt=0).update(**RECOVERED):
        webhook.failures = 0


@transaction.atomic
def _note_failure(delivery: Delivery, webhook: Webhook, outcome: Outcome) -> None:
    attempts = delivery.attempts + 1
    given_up = attempts > len(BACK_OFF)
    # One that was delivered meanwhile, by a job that took this one for killed, stays so.
    Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(
        state=State.FAILED if given_up else State.WAITING,
        attempts=attempts,
        next_at=None if given_up else Now() + BACK_OFF[attempts - 1],
        status=outcome.status,
        error=outcome.failure,
        tried_at=Now(),
    )
    Webhook.objects.filter(pk=webhook.pk).update(
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", Now()),
        rests_until=Now() + RESTS[min(webhook.failures, len(RESTS) - 1)],
    )
    hopeless = Webhook.objects.filter(pk=webhook.pk, active=True, failing_since__lt=Now() - GIVEN_UP_AFTER)
    if hopeless.update(active=False, disabled_reason=outcome.failure):
        audit(None, "webhook.disabled", webhook.project.slug, webhook=webhook.pk, reason=outcome.failure)
