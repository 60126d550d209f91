"""Mails to people: a row says that one is wanted, and a job sends it. The link is made then: no row
holds a secret."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.people.accounts import proof_path
from crowd.people.models import Mail, User
from crowd.wakeups import wake

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 5  # to one address: whoever asks may not be whom it goes to
GIVEN_UP_AFTER = timedelta(days=1)
FORGOTTEN_AFTER = timedelta(days=7)


def write(address: str, reason: Mail.Reason) -> None:
    """Have a mail with a proof sent to this address soon, if it has an account. Takes as long if it
    has none."""
    recent = Mail.objects.filter(address=address.lower(), created_at__gt=Now() - AN_HOUR)
    if settings.MAIL_WORKS and recent.count() < MOST_AN_HOUR:
        mail = Mail.objects.create(address=address.lower(), reason=reason)
        transaction.on_commit(lambda: wake("people.send_mail", mail.pk))


def waiting_mails() -> list[int]:
    unsent: models.QuerySet[Mail] = (
        Mail.objects.free_the_dead().free().filter(sent_at=None, created_at__gt=Now() - GIVEN_UP_AFTER)
    )
    return list(unsent.order_by("pk").values_list("pk", flat=True)[:100])


def send(mail_id: int) -> None:
    """Send what waits, unless somebody else does."""
    with Mail.objects.filter(sent_at=None).claim(mail_id) as claim:
        if claim is not None:
            user = User.objects.filter(email=claim.row.address, is_active=True).first()
            if user is not None:
                send_mail(*_text_of(claim.row, user), None, [user.email])
            claim.end(sent_at=Now())


def _text_of(mail: Mail, user: User) -> tuple[str, str]:
    """Subject and body. They hold nothing that somebody else wrote."""
    reasons = {
        Mail.Reason.RESET: _("Somebody, probably you, has asked for a new password on {site}."),
        Mail.Reason.ADDED: _("Somebody wants to have you in a project on {site}."),
    }
    lines = [
        reasons[Mail.Reason(mail.reason)],
        _("By this link you choose a password; it works once, within three days:"),
        "{site}{path}",
        _("If you have nothing to do with that, leave this mail alone: nothing changes, and nobody else has the link."),
    ]
    body = "\n\n".join(lines).format(site=settings.SITE_URL, path=proof_path(user))
    return _("Your password on Crowd"), body


def forget_old() -> None:
    Mail.objects.filter(created_at__lt=Now() - FORGOTTEN_AFTER).delete()
