"""How far workers agreed over time: a point a day."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now, TruncDate

from crowd.projects.models import Project
from quality.models import AgreementPoint

DAYS_SHOWN = 366


def note_agreement(project: Project, agreement: Mapping[str, Any]) -> None:
    """Write down what a fit has found as today's agreement: the day in UTC by the database's
    clock."""
    point = AgreementPoint(project=project, day=TruncDate(Now(), tzinfo=UTC), agreement=dict(agreement))
    AgreementPoint.objects.bulk_create(
        [point], update_conflicts=True, unique_fields=["project", "day"], update_fields=["agreement"]
    )


def agreement_points(project: Project) -> "QuerySet[AgreementPoint]":
    """The points of the last days, at most a year of them, the oldest first."""
    points = AgreementPoint.objects.filter(project=project)
    newest = points.order_by("-day").values("day")[:DAYS_SHOWN]
    return points.filter(day__in=newest).order_by("day")
