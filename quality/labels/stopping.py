"""When a task has enough answers, and what follows for the queue."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from crowd.batches import batches
from crowd.projects.models import Project
from quality.models import Consensus
from tasks.queue import slots

State = Consensus.State
AT_ONCE = 250  # tasks that are locked together: meanwhile they are handed out to nobody


def states_of(
    responses: npt.NDArray[np.int64], confidence: npt.NDArray[np.float64], project: Project
) -> npt.NDArray[np.object_]:
    """What the policy makes of tasks with so many answers and so sure a label, both (tasks,):
    settled once sure enough, disputed when the answers are used up and it still isn't, open until
    then."""
    few = responses < project.min_responses
    sure, used_up = confidence >= project.target_confidence, responses >= project.max_responses
    states = np.full(len(responses), State.OPEN.value, dtype=object)
    states[used_up & ~few] = State.DISPUTED.value
    states[sure & ~few] = State.SETTLED.value
    return states


def steer_queue(project: Project, judged: Iterable[tuple[int, State, int]]) -> None:
    """Buy one more answer for each open task that has the minimum, and no further ones for decided
    tasks.

    `judged` holds (task id, state, responses) of the project's ordinary tasks.
    """
    unsure, decided = [], []
    for task_id, state, responses in judged:
        if state != State.OPEN:
            decided.append(task_id)
        elif responses >= project.min_responses:
            unsure.append(task_id)
    for batch in batches(slots.filled(project, unsure), AT_ONCE):
        slots.request_another(batch)
    for batch in batches(slots.still_open(project, decided), AT_ONCE):
        slots.settle(batch)
