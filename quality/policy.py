"""When a task has enough answers, and what follows for the queue."""

from collections.abc import Iterable

from crowd.batches import batches
from crowd.projects.models import Project
from quality.models import Consensus
from tasks import slots

State = Consensus.State
AT_ONCE = 100  # tasks that are locked together: meanwhile they are handed out to nobody


def state_of(responses: int, confidence: float, project: Project) -> State:
    """Settled once sure enough, disputed when the answers are used up and it still isn't, open until then."""
    if responses < project.min_responses:
        return State.OPEN
    if confidence >= project.target_confidence:
        return State.SETTLED
    return State.DISPUTED if responses >= project.max_responses else State.OPEN


def steer_queue(project: Project, judged: Iterable[tuple[int, State, int]]) -> None:
    """Buy one more answer for each open task that has the minimum, and no further ones for decided tasks.

    `judged` holds (task id, state, responses) of the project's ordinary tasks.
    """
    unsure, decided = [], []
    for task_id, state, responses in judged:
        if state != State.OPEN:
            decided.append(task_id)
        elif responses >= project.min_responses:
            unsure.append(task_id)
    for batch in batches(unsure, AT_ONCE):
        slots.request_another(batch)
    for batch in batches(decided, AT_ONCE):
        slots.settle(batch)
