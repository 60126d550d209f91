"""How often in an hour one account, and one project, may ask for what is dear.

Counted in Redis, where all processes and hosts of the site see it. What workers do is not counted
here: their limits are the project's. While Redis is away nothing is counted, and nobody is refused.
"""

import functools
import logging
import time
from typing import Any

import redis
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.throttling import BaseThrottle

from crowd.errors import CrowdError
from crowd.people.models import User

log = logging.getLogger(__name__)

HOUR = 3600
PATIENCE = 0.2  # seconds that a request waits for Redis
BACK_OFF = 15.0  # seconds without a try after it failed
_away_until = 0.0


class QuotaExceeded(CrowdError):
    status, code = 429, "quota_exceeded"


def spend(what: str, user: User, project_id: int | None = None) -> None:
    """Count one more of these for the account, and for the project. Raises QuotaExceeded."""
    most = settings.QUOTAS[what]
    if not most:
        return
    owners = [f"account:{user.pk}", *([] if project_id is None else [f"project:{project_id}"])]
    now = int(time.time())
    if max(_counted(what, owners, now // HOUR), default=0) > most:
        text = _("That is more than {n} {what} in an hour, which is the limit here (CROWD_QUOTAS). Try again later.")
        error = QuotaExceeded(text.format(n=most, what=what))
        error.retry_after = HOUR - now % HOUR
        raise error


def _counted(what: str, owners: list[str], hour: int) -> list[int]:
    """How often in this hour, with this time; nothing while Redis is away."""
    global _away_until  # noqa: PLW0603 (one memory a process of when to try again)
    if time.monotonic() < _away_until:
        return []
    try:
        with _redis(settings.REDIS_URL).pipeline(transaction=False) as pipeline:
            for owner in owners:
                key = f"quota:{settings.QUOTA_NAMESPACE}:{what}:{owner}:{hour}"
                pipeline.incr(key)
                pipeline.expire(key, HOUR)
            counts: list[int] = pipeline.execute()[::2]
            return counts
    except redis.RedisError as error:
        log.warning("Redis does not count (%s); nobody is refused meanwhile.", type(error).__name__)
        _away_until = time.monotonic() + BACK_OFF
        return []


@functools.cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


class ReadsAreCounted(BaseThrottle):
    """Every GET of the API is one of the account's reads, but those of workers at work."""

    def allow_request(self, request: Any, view: Any) -> bool:
        if request.method in ("GET", "HEAD") and isinstance(request.user, User) and getattr(view, "reads_count", True):
            spend("reads", request.user)
        return True
