"""What a worker answered, one by one and by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from crowd.projects.models import Membership
from tasks.models import Response

DAYS = 14
MOST_COUNTED = 20_000  # answers that are looked at for the days


def history(worker: Membership) -> Any:
    """All that the worker answered, also what was taken back."""
    return worker.responses.select_related("task", "assignment").order_by("-pk")


def answers_by_day(worker: Membership, now: datetime) -> list[tuple[date, int | None]]:
    """How much the worker answered on each of the last days (in UTC), the newest first; None before
    the day that the newest MOST_COUNTED answers reach back to."""
    answers = Response.objects.filter(worker=worker)
    today = now.astimezone(UTC).date()
    first = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time(), UTC)
    oldest = answers.order_by("-pk").values_list("pk", "received_at")[MOST_COUNTED - 1 : MOST_COUNTED].first()
    floor, unknown_until = oldest or (0, first - timedelta(days=1))
    standing = answers.filter(pk__gte=floor, received_at__gte=first, replaced_at=None)
    by_day = standing.annotate(day=TruncDate("received_at", tzinfo=UTC)).values("day").annotate(n=Count("pk"))
    counts = dict(by_day.order_by().values_list("day", "n"))
    days = [today - timedelta(days=n) for n in range(DAYS)]
    return [(day, counts.get(day, 0) if day > unknown_until.astimezone(UTC).date() else None) for day in days]
