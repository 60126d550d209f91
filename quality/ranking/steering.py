"""Which of the given pairs come first where the least sure do: those that say most of their
items."""

from collections.abc import Callable

import numpy as np

from crowd.projects.models import Order, Project
from quality.aggregation.codes import Floats
from quality.aggregation.pairwise.gains import STRANGERS, gains
from quality.kinds.protocol import consensus_kind
from quality.kinds.ranked import NORMAL, Ranked
from tasks.models import MOST_URGENT, Task
from tasks.queue.buckets import set_urgency

AT_ONCE = 1000  # tasks
STEP = 5  # of urgency: what changes by less stays where it waits


def steer_comparisons(project: Project, ranked: Ranked, renew: Callable[[], None]) -> None:
    """Set how urgent each open pair is, whether anybody has answered it or not. A pair that was
    answered becomes less urgent, so that every pair has its turn."""
    if project.applied_order != Order.UNCERTAINTY:
        return
    known = {item: place for place, item in enumerate(ranked.items)}
    scores = np.append(ranked.score, 0.0)
    variance = np.append(((ranked.high - ranked.low) / (2 * NORMAL)) ** 2, STRANGERS / 2)
    waiting = Task.objects.for_project(project).filter(purpose=Task.Purpose.WORK, is_open=True).order_by("pk")
    last = 0
    while keys := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        renew()
        pairs = consensus_kind(project).subjects(project, np.array(keys))
        places = np.array([known.get(item, -1) for item in pairs.items])
        one, other = places[pairs.one], places[pairs.other]
        gained = gains(scores[one] - scores[other], variance[one] + variance[other])
        set_urgency(project, dict(zip(keys, _percent(gained), strict=True)))
        last = keys[-1]


def _percent(gained: Floats) -> list[int]:
    steps = np.rint(gained * MOST_URGENT / STEP).astype(int) * STEP
    return [int(each) for each in np.minimum(steps, MOST_URGENT)]
