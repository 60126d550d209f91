"""What a request met with."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy


class Failure(models.TextChoices):
    """Why an attempt came to nothing. What the receiver wrote is not kept: it may be anything."""

    STATUS = "status", gettext_lazy("the receiver answered with an error")
    REDIRECT = "redirect", gettext_lazy("the receiver redirects elsewhere, which is not followed")
    TIMEOUT = "timeout", gettext_lazy("the receiver did not answer in time")
    UNREACHABLE = "unreachable", gettext_lazy("no connection, or one that broke off")
    ADDRESS = "address", gettext_lazy("there is no such host, or none that may be reached from here")
    TLS = "tls", gettext_lazy("no secure connection: no TLS, or a certificate that is not valid for this host")
    PROTOCOL = "protocol", gettext_lazy("what came back is not HTTP")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request met with: the status of the answer, if one came, and what was wrong, if
    anything."""

    status: int | None
    failure: Failure | None


def outcome_of(status: int) -> Outcome:
    """Only 2xx is success."""
    if 200 <= status < 300:
        return Outcome(status, None)
    return Outcome(status, Failure.REDIRECT if 300 <= status < 400 else Failure.STATUS)
