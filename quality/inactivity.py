"""Projects that have work left and get no answers: somebody should know."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from crowd.projects.models import Project
from crowd.webhooks.events import record
from quality.models import Summary

SHORTEST = timedelta(hours=1)


def tell_quiet_projects() -> None:
    """Record, for each project that has gone quiet, that it has: once, until there are answers
    again."""
    untold = Q(quiet_told_at=None) | Q(quiet_told_at__lt=F("changed_at"))
    for summary in _quiet(Summary.objects.filter(untold).order_by("pk")):
        with transaction.atomic():
            # Somebody may have answered, or another job have told, since it was found.
            same = Summary.objects.filter(untold, pk=summary.pk, changed_at__lte=summary.changed_at)
            if same.update(quiet_told_at=Now()):
                data = {"open_tasks": summary.progress["open"], "quiet_since": summary.changed_at}
                record(summary.project, "project.quiet", [data])


def quiet_since(project: Project) -> datetime | None:
    """Since when nobody has answered, if that is longer than the owner finds right and there is
    work left."""
    return next((summary.changed_at for summary in _quiet(Summary.objects.filter(project=project))), None)


def _quiet(summaries: QuerySet[Summary]) -> Iterator[Any]:
    """Those of projects that are quiet. What the fits have stored is large, and not read."""
    candidates = summaries.filter(
        project__deleted_at=None,
        progress__open__gt=0,
        project__quiet_hours__isnull=False,
        changed_at__lt=Now() - SHORTEST,
    )
    read = candidates.select_related("project").annotate(now=Now())
    for summary in read.only("progress", "changed_at", "project__slug", "project__quiet_hours"):
        patience = timedelta(hours=summary.project.quiet_hours or 0)
        if summary.changed_at is not None and summary.now - summary.changed_at > patience:
            yield summary
