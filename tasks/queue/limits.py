"""The limits of a project: how many tasks one worker may hold, and answer in a day and in a
minute."""

from datetime import UTC, datetime

from crowd.projects.models import Project
from tasks.models import QueueState

MINUTE = 60_000_000  # microseconds
TOLERANCE = 5_000


def microseconds(moment: datetime) -> int:
    """Since 1970, as `queued_at` counts them."""
    return int(moment.timestamp() * 1_000_000)


def allowed_by_policy(queue_state: QueueState, now: datetime) -> int:
    """How many tasks more this worker may hold, and answer today."""
    project = queue_state.worker.project
    allowed = [project.open_leases - queue_state.held]
    if project.responses_per_day is not None:
        today = (
            queue_state.answered_today + queue_state.let_go_today
            if queue_state.day == now.astimezone(UTC).date()
            else 0
        )
        allowed.append(project.responses_per_day - today - queue_state.held)
    return min(allowed)


def allowed_by_pace(queue_state: QueueState, now: datetime) -> int:
    """How many answers the allowed pace leaves now, beside those that the leases held will bring
    (the generic cell rate algorithm, ITU-T I.371, with a burst of one minute)."""
    project = queue_state.worker.project
    if project.responses_per_minute is None:
        return project.open_leases
    taken_up = max(queue_state.paced_until - microseconds(now), 0)
    return (MINUTE + TOLERANCE - taken_up) // interval_of(project) - queue_state.held


def interval_of(project: Project) -> int:
    """How many microseconds one answer takes up at the allowed pace; 0 where any pace is
    allowed."""
    return MINUTE // project.responses_per_minute if project.responses_per_minute else 0
