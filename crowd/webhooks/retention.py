"""Events are kept for a while, so that they can be sent again, and then deleted; a little at a
time."""

from datetime import timedelta

from django.db.models.functions import Now

from crowd.webhooks.models import KEPT, Delivery, Event, Webhook

AT_ONCE = 2000  # rows a transaction
GRACE = timedelta(hours=1)  # by then whoever was recording for a webhook when it was deleted is done


def delete_old() -> None:
    while _forget_some_events() or _forget_some_deliveries():
        pass
    gone = Webhook.objects.filter(deleted_at__lt=Now() - GRACE)
    gone.filter(deliveries=None).delete()


def _forget_some_events() -> int:
    """Of the oldest, those that are old enough. Ids rise with time, so that no index on the time is
    needed."""
    oldest = list(Event.objects.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    deleted, _by_model = Event.objects.filter(pk__in=oldest, created_at__lt=Now() - KEPT).delete()
    return deleted


def _forget_some_deliveries() -> int:
    """Of webhooks that are deleted."""
    gone = Delivery.objects.filter(webhook__deleted_at__lt=Now() - GRACE)
    deleted, _by_model = Delivery.objects.filter(pk__in=list(gone.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return deleted
