"""The limits of a project: how many tasks one worker may hold, and answer in a day and in a minute."""

from datetime import UTC, datetime

from crowd.projects.models import Project
from tasks.models import Desk

MINUTE = 60_000_000  # microseconds
TOLERANCE = 5_000


def microseconds(moment: datetime) -> int:
    """Since 1970, as tickets count them."""
    return int(moment.timestamp() * 1_000_000)


def allowed_by_policy(desk: Desk, now: datetime) -> int:
    """How many tasks more this worker may hold, and answer today."""
    project = desk.worker.project
    allowed = [project.open_leases - desk.held]
    if project.responses_per_day is not None:
        today = desk.answered_today + desk.let_go_today if desk.day == now.astimezone(UTC).date() else 0
        allowed.append(project.responses_per_day - today - desk.held)
    return min(allowed)


def allowed_by_pace(desk: Desk, now: datetime) -> int:
    """How many answers the allowed pace leaves now, beside those that the leases held will bring (the generic cell rate
    algorithm, ITU-T I.371, with a burst of one minute)."""
    project = desk.worker.project
    if project.responses_per_minute is None:
        return project.open_leases
    taken_up = max(desk.paced_until - microseconds(now), 0)
    return (MINUTE + TOLERANCE - taken_up) // interval_of(project) - desk.held


def interval_of(project: Project) -> int:
    """How much of a minute one answer takes up of the allowed pace; 0 where any pace is."""
    return MINUTE // project.responses_per_minute if project.responses_per_minute else 0
