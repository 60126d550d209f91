"""Jobs on webhooks: each takes ids, and calls one verb that a test can call too."""

from celery import shared_task

from crowd.webhooks import delivering, retention, sender_pool


@shared_task(name="webhooks.deliver")
def deliver(webhook_id: int) -> None:
    sender_pool.hand_over(webhook_id)


@shared_task(name="webhooks.sweep")
def sweep() -> None:
    for webhook_id in delivering.due_webhooks():
        deliver.delay(webhook_id)


@shared_task(name="webhooks.delete_old")
def delete_old() -> None:
    retention.delete_old()
