"""Webhooks, the events that happened, and what became of telling each webhook of each event."""

from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.fetching.outcomes import Failure
from crowd.people.models import User
from crowd.projects.models import Project

MAX_URL = 1000


class WebhookQuerySet(ClaimedQuerySet["Webhook"]):
    def standing(self) -> "WebhookQuerySet":
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)

    def ready(self) -> "WebhookQuerySet":
        """Those that may be sent something now, and that no job is at."""
        return self.free().filter(Q(rests_until=None) | Q(rests_until__lt=Now()), active=True)


class Webhook(Claimed):
    """A program's wish to be told of events in a project, by a request to this address. One job at
    a time sends to it, so that events arrive in order."""

    TRIES = None

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=MAX_URL)
    kinds = models.JSONField()
    active = models.BooleanField(default=True)
    # The last failure, where the webhook was switched off because everything failed for a day.
    disabled_reason = models.CharField(max_length=12, choices=Failure.choices, blank=True, default="")
    # Secrets are made from these and the site's key (crowd.webhooks.signatures). The one before
    # still signs until then.
    nonce = models.CharField(max_length=32)
    old_nonce = models.CharField(max_length=32, blank=True, default="")
    old_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    # A deleted one stays for a while: whoever is recording events at that moment may still refer to
    # it.
    deleted_at = models.DateTimeField(null=True)

    # Failures since the last success, since when, and until when nothing is tried for them.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()


class Event(models.Model):
    """Something that happened, written down in the transaction that made it happen. Only what
    somebody asked for is."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    data = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(db_default=Now())


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.WAITING, next_at__lte=Now())


class Delivery(models.Model):
    """One event on its way to one webhook."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("waiting")
        DELIVERED = "delivered", gettext_lazy("delivered")
        FAILED = "failed", gettext_lazy("failed")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it is tried next; null when it isn't.
    next_at = models.DateTimeField(null=True, db_default=Now())
    # What the last attempt met with: an HTTP status, and what was wrong.
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=12, choices=Failure.choices, blank=True, default="")
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "webhook"], name="one_delivery_per_event_and_webhook")]
        indexes = [
            models.Index("webhook", "id", name="deliveries_of_webhook"),
            # What is due of a webhook, and what has failed, in order.
            models.Index("webhook", "state", "id", name="deliveries_by_state"),
        ]


KEPT = timedelta(days=14)  # for so long an event can be sent again
