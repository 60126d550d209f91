"""What owners and managers do with webhooks. Every verb here is recorded in the audit trail,
without secrets."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.projects.models import Project
from crowd.webhooks.event_types import PING
from crowd.webhooks.events import store, wake_senders
from crowd.webhooks.models import Delivery, Webhook
from crowd.webhooks.signatures import new_nonce

MOST = 20  # webhooks of a project
OVERLAP = timedelta(days=1)  # in which the secret before a new one still signs
REPLAYED_AT_ONCE = 10_000

State = Delivery.State


class TooManyWebhooks(CrowdError):
    status, code = 409, "too_many_webhooks"


class WebhookInactive(CrowdError):
    status, code = 409, "webhook_inactive"


def webhooks_of(project: Project) -> QuerySet[Webhook]:
    return Webhook.objects.standing().filter(project=project).select_related("created_by", "project")


@transaction.atomic
def make_webhook(*, project: Project, actor: User, url: str, kinds: Sequence[str]) -> Webhook:
    """Have events of these kinds sent to a URL from now on. Raises TooManyWebhooks."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two at once are counted one after the other
    if webhooks_of(project).count() >= MOST:
        raise TooManyWebhooks(_("A project has at most {n} webhooks. Delete one first.").format(n=MOST))
    webhook = Webhook.objects.create(project=project, url=url, kinds=list(kinds), nonce=new_nonce(), created_by=actor)
    audit(actor, "webhook.made", project.slug, webhook=webhook.pk, host=_host(url), kinds=list(kinds))
    return webhooks_of(project).get(pk=webhook.pk)


@transaction.atomic
def change_webhook(*, webhook: Webhook, actor: User, **changes: Any) -> Webhook:
    """Change what is given: url, kinds, active. What failed before is no reason any more to wait or
    to switch off."""
    fresh: dict[str, Any] = {"failures": 0, "failing_since": None, "rests_until": None, "disabled_reason": ""}
    Webhook.objects.standing().filter(pk=webhook.pk).update(**changes, **fresh)
    detail = {**changes, "host": _host(changes["url"])} if "url" in changes else dict(changes)
    detail.pop("url", None)
    audit(actor, "webhook.changed", webhook.project.slug, webhook=webhook.pk, **detail)
    wake_senders([webhook.pk])
    return webhooks_of(webhook.project).get(pk=webhook.pk)


@transaction.atomic
def delete_webhook(*, webhook: Webhook, actor: User) -> None:
    """Nothing is sent any more; its deliveries are forgotten."""
    if Webhook.objects.standing().filter(pk=webhook.pk).update(active=False, deleted_at=Now()):
        audit(actor, "webhook.deleted", webhook.project.slug, webhook=webhook.pk, host=_host(webhook.url))


@transaction.atomic
def rotate_secret(*, webhook: Webhook, actor: User) -> Webhook:
    """A new secret. For a day, what is sent is signed with the one before too."""
    Webhook.objects.filter(pk=webhook.pk).update(nonce=new_nonce(), old_nonce=webhook.nonce, old_until=Now() + OVERLAP)
    audit(actor, "webhook.secret_rotated", webhook.project.slug, webhook=webhook.pk)
    return webhooks_of(webhook.project).get(pk=webhook.pk)


@transaction.atomic
def send_ping(*, webhook: Webhook, actor: User) -> Delivery:
    """Send an event that says nothing, to see whether it arrives. Raises WebhookInactive."""
    _refuse_if_inactive(webhook)
    store(webhook.project, PING, [{"webhook": webhook.pk}], [webhook.pk])
    audit(actor, "webhook.tested", webhook.project.slug, webhook=webhook.pk)
    return webhook.deliveries.select_related("event").latest("pk")


@transaction.atomic
def replay(*, delivery: Delivery, actor: User) -> Delivery:
    """Send an event again, with the same id. Raises WebhookInactive."""
    webhook = delivery.webhook
    _send_again([delivery.pk], webhook)
    audit(actor, "webhook.replayed", webhook.project.slug, webhook=webhook.pk, event=delivery.event_id)
    return webhook.deliveries.select_related("event").get(pk=delivery.pk)


@transaction.atomic
def replay_failed(*, webhook: Webhook, actor: User, since: datetime | None = None) -> tuple[int, bool]:
    """Send the events again that were given up, of those recorded since then, oldest first; says
    how many these are, and whether there are more than are sent again in one go. Raises
    WebhookInactive."""
    failed = webhook.deliveries.filter(state=State.FAILED)
    if since is not None:
        failed = failed.filter(event__created_at__gte=since)
    found = list(failed.order_by("pk").values_list("pk", flat=True)[: REPLAYED_AT_ONCE + 1])
    chosen = found[:REPLAYED_AT_ONCE]
    _send_again(chosen, webhook)
    audit(actor, "webhook.replayed", webhook.project.slug, webhook=webhook.pk, deliveries=len(chosen))
    return len(chosen), len(found) > len(chosen)


def _send_again(delivery_ids: Sequence[int], webhook: Webhook) -> None:
    _refuse_if_inactive(webhook)
    again = webhook.deliveries.filter(pk__in=delivery_ids)
    again.update(state=State.WAITING, attempts=0, next_at=Now(), delivered_at=None)
    _try_now(webhook)


def _try_now(webhook: Webhook) -> None:
    """Somebody waits to see what becomes of it."""
    Webhook.objects.filter(pk=webhook.pk).update(rests_until=None)
    wake_senders([webhook.pk])


def _refuse_if_inactive(webhook: Webhook) -> None:
    if not webhook.active:
        raise WebhookInactive(_("This webhook is switched off. Switch it on first."))


def _host(url: str) -> str:
    """What the audit trail says of a URL: the rest may hold what only the receiver should know."""
    return urlsplit(url).hostname or ""
