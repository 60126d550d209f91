"""How far workers could be trusted over time: a point a day, written where something has changed
since the last."""

from collections.abc import Sequence
from datetime import UTC

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from crowd.batches import BATCH
from crowd.projects.models import Membership, Project
from quality.models import ScorePoint, WorkerScore

KEPT = ("responses", "reliability", "reliability_low", "reliability_high", "gold_right", "gold_seen")
COUNTS = ("responses", "gold_right", "gold_seen")
NOTICEABLE = 0.005  # a change of reliability, without a new answer, that is worth a point


def note_scores(project: Project, scores: Sequence[WorkerScore]) -> None:
    """Write down the scores of a fit as those of today, in UTC."""
    today = Project.objects.values_list(Now(), flat=True).get(pk=project.pk).astimezone(UTC).date()
    last = _last_points(project)
    points = [
        ScorePoint(worker_id=score.worker_id, day=today, **{name: getattr(score, name) for name in KEPT})
        for score in scores
        if _is_news(score, last.get(score.worker_id))
    ]
    ScorePoint.objects.bulk_create(
        points, batch_size=BATCH, update_conflicts=True, unique_fields=["worker", "day"], update_fields=KEPT
    )


def _last_points(project: Project) -> dict[int, ScorePoint]:
    newest = ScorePoint.objects.filter(worker=OuterRef("worker")).order_by("-day").values("day")[:1]
    points = ScorePoint.objects.filter(worker__project=project, day=Subquery(newest))
    return {point.worker_id: point for point in points}


def _is_news(score: WorkerScore, last: ScorePoint | None) -> bool:
    if last is None or any(getattr(score, name) != getattr(last, name) for name in COUNTS):
        return True
    return abs((score.reliability or 0.0) - (last.reliability or 0.0)) >= NOTICEABLE


def history_of(worker: Membership) -> QuerySet[ScorePoint]:
    """The points of a worker, the newest first."""
    return ScorePoint.objects.filter(worker=worker).order_by("-day")
