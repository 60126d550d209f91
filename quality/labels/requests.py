"""Asking for labels now: a request is a row, and waking the jobs only saves a wait."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from crowd.projects.models import Project
from crowd.wakeups import wake
from crowd.webhooks.events import record
from quality.models import Fitting, Judging, Refresh


def receive_answers(*, project_id: int, **_kwargs: Any) -> None:
    wake_refresh(project_id)


def wake_refresh(project_id: int) -> None:
    """Have the next refresh of the project start now and not with the next sweep."""
    wake("quality.refresh", project_id)


@transaction.atomic
def request_refresh(project: Project) -> Refresh:
    """Have the project's labels worked out now; a request that is still queued serves everybody who
    asks.

    Not within a transaction that has locked tasks: whoever writes labels locks the summary first,
    and tasks after it.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    refresh, _created = Refresh.objects.get_or_create(project=project, state=Refresh.State.QUEUED)
    for work in (Judging, Fitting):  # what failed again and again is tried once more
        work.objects.filter(project=project).update(attempts=0, next_try_at=None)
    transaction.on_commit(lambda: wake_refresh(project.pk))
    return refresh


@transaction.atomic
def answer_requests(project: Project, requests: QuerySet[Refresh], **outcome: Any) -> None:
    """Say what became of requests for labels, to those who look and to those who are told."""
    requests.update(finished_at=Now(), **outcome)
    told = requests.order_by("pk").values("id", "state", "method", "iterations", "seconds", "error")
    record(project, "refresh.done", list(told))
