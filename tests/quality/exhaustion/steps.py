"""What workers do to a task until nobody is left to answer it, and what is then said of it."""

from collections.abc import Callable
from typing import Any

from crowd.people.models import AuditEvent
from crowd.webhooks.models import Event
from tasks.models import Assignment, Task
from tasks.queue.leases import expire_leases
from tests.cast import Api

LABELS = "/projects/birds/labels"
DISPUTES = "/projects/birds/disputes?state=exhausted"
NEXT = "/projects/birds/assignments"

Worker = Callable[[], Api]


def lease(worker: Api, count: int = 1) -> list[str]:
    """Tokens."""
    return [each["token"] for each in worker("POST", NEXT, {"count": count}).json()["assignments"]]


def skip_all(worker: Api, reason: str = "") -> None:
    for token in lease(worker, 50):
        assert worker("POST", f"/assignments/{token}/skip", {"reason": reason}).status_code < 300


def answer_all(worker: Api) -> None:
    for token in lease(worker, 50):
        worker("PUT", f"/assignments/{token}/response", {"answer": "yes"})


def end_leases() -> None:
    Assignment.objects.filter(state="live").update(expires_at="2020-01-01T00:00:00Z")
    expire_leases()


def exhausted() -> list[str]:
    return list(Task.objects.filter(is_exhausted=True).order_by("pk").values_list("external_id", flat=True))


def states(api: Api, query: str = "") -> dict[str, str]:
    return {row["task"]: row["state"] for row in api("GET", f"{LABELS}?limit=100{query}").json()["results"]}


def trail() -> list[tuple[str, Any]]:
    rows = AuditEvent.objects.filter(action__in=["tasks.exhausted", "tasks.reopened"]).order_by("pk")
    return [(row.action, row.detail) for row in rows]


def told() -> list[Any]:
    return list(Event.objects.order_by("pk").values_list("kind", "data"))
