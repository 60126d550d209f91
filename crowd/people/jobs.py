"""Jobs on accounts and what is kept for them."""

from datetime import timedelta

from celery import shared_task
from django.db.models.functions import Now

from crowd.people import mailing
from crowd.people.models import StoredReply

KEPT = timedelta(hours=24)


@shared_task(name="people.forget_replies")
def forget_replies() -> None:
    """Retries come within a day; what is stored for them need not be kept for longer."""
    StoredReply.objects.filter(created_at__lt=Now() - KEPT).delete()


@shared_task(name="people.send_mail")
def send_mail(mail_id: int) -> None:
    mailing.send(mail_id)


@shared_task(name="people.send_waiting_mails")
def send_waiting_mails() -> None:
    for mail_id in mailing.waiting_mails():
        send_mail.delay(mail_id)


@shared_task(name="people.forget_mails")
def forget_mails() -> None:
    mailing.forget_old()
