"""What the queue remembers of a worker, brought up to date when leases are made and end."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import F

from crowd.sql import Statement
from tasks.models import Assignment, QueueState, Task
from tasks.queue.limits import interval_of
from tasks.queue.visits import AT_WORK, Visit

FETCHED_AHEAD = 10  # tasks that a client may hand back for nothing: ours holds four
BEFORE_WORK = ("trained", "exam_attempt", "exam_score", "exam_passed_at", "exam_again_at")
_LEASED = Statement("""
    UPDATE tasks_queuestate SET cursors = %(cursors)s, unfinished = %(unfinished)s, leased = leased + %(leased)s,
    held = held + %(leased)s, gold_leased = gold_leased + %(gold)s WHERE worker_id = %(pk)s""")


def note_leased(visit: Visit, leased: Sequence[Assignment]) -> None:
    """Store what was leased, and how far the worker's cursors are now."""
    queue_state = visit.queue_state
    cursors = {**queue_state.cursors, **{purpose: cursor.dump() for purpose, cursor in visit.cursors.items()}}
    unfinished = queue_state.unfinished
    if visit.unfinished is not None:
        unfinished = [*visit.unfinished, *(each.task_id for each in leased)]
    gold = sum(each.task.purpose == Task.Purpose.GOLD and each.task_id not in queue_state.unfinished for each in leased)
    _LEASED.run(
        cursors=json.dumps(cursors), unfinished=json.dumps(unfinished), leased=len(leased), gold=gold, pk=queue_state.pk
    )
    if visit.prepares:
        queue_state.save(update_fields=BEFORE_WORK)


def note_skipped(skip: Assignment) -> None:
    QueueState.objects.filter(pk=skip.worker_id).update(held=F("held") - 1, skipped=F("skipped") + 1, last_skip=skip)


def note_unskipped(skip: Assignment) -> None:
    """The worker holds the task again, and has not finished it: if it is let go now, it comes again
    as the newest."""
    queue_state = QueueState.objects.select_for_update().get(pk=skip.worker_id)
    queue_state.held, queue_state.skipped = F("held") + 1, F("skipped") - 1
    if skip.task.purpose in AT_WORK and skip.exam_attempt is None:
        queue_state.unfinished = [*(each for each in queue_state.unfinished if each != skip.task_id), skip.task_id]
    queue_state.save(update_fields=["held", "skipped", "unfinished"])


def note_returned(held: Mapping[int, int]) -> None:
    """Take leases off the queue states of workers who had no choice, in one order everywhere."""
    for worker_id, count in sorted(held.items()):
        QueueState.objects.filter(pk=worker_id).update(held=F("held") - count)


# Of those that are let go in a row, without an answer between them.
_CHARGED = """
    CASE WHEN let_go_in_a_row >= %(free)s THEN %(count)s
    WHEN let_go_in_a_row + %(count)s > %(free)s THEN let_go_in_a_row + %(count)s - %(free)s ELSE 0 END"""
_LET_GO = Statement(
    """
    UPDATE tasks_queuestate SET held = held - %(count)s, let_go = let_go + %(count)s,
    let_go_in_a_row = let_go_in_a_row + %(count)s, day = {today},
    answered_today = CASE WHEN day = {today} THEN answered_today ELSE 0 END,
    let_go_today = CASE WHEN day = {today} THEN let_go_today ELSE 0 END + {charged},
    paced_until = CASE WHEN {microseconds} > paced_until THEN {microseconds} ELSE paced_until END
                  + %(interval)s * {charged}
    WHERE worker_id = %(worker)s""",
    charged=_CHARGED,
)


def note_let_go(leases: Sequence[Assignment]) -> None:
    """Take leases that were handed back or forgotten off their workers' queue states, in one order
    everywhere. Looking at tasks is not free: more of them in a row than a client fetches ahead
    count like answers."""
    projects = {each.worker_id: each.worker.project for each in leases}
    for worker_id, count in sorted(Counter(each.worker_id for each in leases).items()):
        interval = interval_of(projects[worker_id])
        _LET_GO.run(worker=worker_id, count=count, free=FETCHED_AHEAD, interval=interval)
