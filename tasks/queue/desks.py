"""What the queue remembers of a worker, brought up to date when leases are made and end."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import F

from crowd.sql import Statement
from tasks.models import Assignment, Desk, Task
from tasks.queue.limits import interval_of
from tasks.queue.visits import AT_WORK, Visit

FETCHED_AHEAD = 10  # tasks that a client may hand back for nothing: ours holds four
BEFORE_WORK = ("trained", "exam_attempt", "exam_score", "exam_passed_at", "exam_again_at")
_LEAVE = Statement("""
    UPDATE tasks_desk SET places = %(places)s, unfinished = %(unfinished)s, leased = leased + %(leased)s,
    held = held + %(leased)s, gold_leased = gold_leased + %(gold)s WHERE worker_id = %(pk)s""")


def leave(visit: Visit, leased: Sequence[Assignment]) -> None:
    """Store where the worker is now, and what was leased."""
    desk = visit.desk
    places = {**desk.places, **{shelf: place.dump() for shelf, place in visit.places.items()}}
    unfinished = desk.unfinished
    if visit.unfinished is not None:
        unfinished = [*visit.unfinished, *(each.task_id for each in leased)]
    gold = sum(each.task.shelf == Task.Shelf.GOLD and each.task_id not in desk.unfinished for each in leased)
    _LEAVE.run(places=json.dumps(places), unfinished=json.dumps(unfinished), leased=len(leased), gold=gold, pk=desk.pk)
    if visit.prepares:
        desk.save(update_fields=BEFORE_WORK)


def note_skipped(skip: Assignment) -> None:
    Desk.objects.filter(pk=skip.worker_id).update(held=F("held") - 1, skipped=F("skipped") + 1, last_skip=skip)


def note_unskipped(skip: Assignment) -> None:
    """The worker holds the task again, and has not finished it: if it is let go now, it comes again as the newest."""
    desk = Desk.objects.select_for_update().get(pk=skip.worker_id)
    desk.held, desk.skipped = F("held") + 1, F("skipped") - 1
    if skip.task.shelf in AT_WORK and skip.exam_attempt is None:
        desk.unfinished = [*(each for each in desk.unfinished if each != skip.task_id), skip.task_id]
    desk.save(update_fields=["held", "skipped", "unfinished"])


def note_returned(held: Mapping[int, int]) -> None:
    """Take leases off the desks of workers who had no choice, in one order everywhere."""
    for worker_id, count in sorted(held.items()):
        Desk.objects.filter(pk=worker_id).update(held=F("held") - count)


# Of those that are let go in a row, without an answer between them.
_CHARGED = """
    CASE WHEN let_go_in_a_row >= %(free)s THEN %(count)s
    WHEN let_go_in_a_row + %(count)s > %(free)s THEN let_go_in_a_row + %(count)s - %(free)s ELSE 0 END"""
_LET_GO = Statement(
    """
    UPDATE tasks_desk SET held = held - %(count)s, let_go = let_go + %(count)s,
    let_go_in_a_row = let_go_in_a_row + %(count)s, day = {today},
    answered_today = CASE WHEN day = {today} THEN answered_today ELSE 0 END,
    let_go_today = CASE WHEN day = {today} THEN let_go_today ELSE 0 END + {charged},
    paced_until = CASE WHEN {microseconds} > paced_until THEN {microseconds} ELSE paced_until END
                  + %(interval)s * {charged}
    WHERE worker_id = %(worker)s""",
    charged=_CHARGED,
)


def note_let_go(leases: Sequence[Assignment]) -> None:
    """Take leases that were handed back or forgotten off their workers' desks, in one order everywhere. To look at
    tasks costs: more of them in a row than a client fetches ahead count like answers."""
    projects = {each.worker_id: each.worker.project for each in leases}
    for worker_id, count in sorted(Counter(each.worker_id for each in leases).items()):
        interval = interval_of(projects[worker_id])
        _LET_GO.run(worker=worker_id, count=count, free=FETCHED_AHEAD, interval=interval)
