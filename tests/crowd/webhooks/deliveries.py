"""How deliveries stand, and time that passes for them."""

from datetime import timedelta

from django.utils import timezone

from crowd.webhooks.models import Delivery, Webhook


def let_time_pass() -> None:
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now() - timedelta(seconds=1))
    Webhook.objects.update(rests_until=None)


def state_of(webhook: Webhook) -> list[tuple[str, int, int | None, str]]:
    return list(webhook.deliveries.order_by("pk").values_list("state", "attempts", "status", "error"))
