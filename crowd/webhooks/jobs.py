"""Jobs on webhooks: each takes ids, and calls one verb that a test can call too."""

from celery import shared_task

from crowd.webhooks import couriers, delivering, forgetting


@shared_task(name="webhooks.deliver")
def deliver(webhook_id: int) -> None:
    couriers.hand_over(webhook_id)


@shared_task(name="webhooks.sweep")
def sweep() -> None:
    for webhook_id in delivering.due_webhooks():
        deliver.delay(webhook_id)


@shared_task(name="webhooks.forget_old")
def forget_old() -> None:
    forgetting.forget_old()
