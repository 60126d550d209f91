"""The slots of tasks: how many answers each needs, has, and is waiting for.

Every verb keeps one promise: on a task of the work, counted answers plus live leases never exceed
the answers needed. The counters are on the task's own row, changed under its lock, with a CHECK
behind them. Whoever gives a slot back, or adds one, also queues the task anew
(tasks.queue.buckets), so that it is found.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Greatest

from crowd.batches import batches
from crowd.projects.models import Order, Project
from crowd.sql import Statement
from tasks.models import Task
from tasks.queue.buckets import requeued

Purpose = Task.Purpose
LEVEL = F("answers_counted") + F("leases_live")
# Where that a task is exhausted ends, its label changes, and has to be read again.
REVISION_WITHOUT_EXHAUSTION = F("revision") + Case(When(exhausted_at=None, then=0), default=1)


def order_of(task_ids: Sequence[int]) -> str:
    """The order that these tasks, all of one project, are in."""
    projects = Project.objects.filter(tasks__in=task_ids[:1])
    return projects.values_list("applied_order", flat=True).first() or Order.PRIORITY


def release_slots(task_ids: Iterable[int], order: str) -> None:
    """Take one live lease off each task of a project, once for every time it is named; within a
    transaction."""
    times = Counter(task_ids)
    Task.objects.filter(pk__in=times).lock()
    by_times: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, n in times.items():
        by_times[n].append(task_id)
    for n, group in by_times.items():
        columns = requeued(order, level=LEVEL - n)
        Task.objects.filter(pk__in=group).update(leases_live=F("leases_live") - n, **columns)


def take_slot(task_id: int, order: str) -> bool:
    """Take a slot of a task for a live lease, if one is free; within a transaction."""
    task = Task.objects.filter(pk=task_id).with_slot()
    columns = requeued(order, level=LEVEL + 1)
    columns |= {"revision": REVISION_WITHOUT_EXHAUSTION, "exhausted_at": None}
    return task.update(leases_live=F("leases_live") + 1, **columns) == 1


# What the two verbs below would change, found without a lock; a long list is a single parameter.
_FILLED = Statement("""
    SELECT task.id FROM {rows_of}%(rows)s{end_of_rows} JOIN tasks_task AS task ON task.id = {number_0}
    WHERE task.has_content AND task.answers_needed = task.answers_counted AND task.answers_counted < %(most)s""")
_OPEN = Statement("""
    SELECT task.id FROM {rows_of}%(rows)s{end_of_rows} JOIN tasks_task AS task ON task.id = {number_0}
    WHERE task.is_open AND task.purpose = 'work' AND task.answers_counted >= %(least)s
    AND task.answers_counted >= task.answers_asked""")


def filled(project: Project, task_ids: Sequence[int]) -> list[int]:
    """Those of which `request_another` would ask for an answer."""
    return [key for (key,) in _FILLED.rows(rows=_rows(task_ids), most=project.max_responses)]


def still_open(project: Project, task_ids: Sequence[int]) -> list[int]:
    """Those that `settle` would close."""
    return [key for (key,) in _OPEN.rows(rows=_rows(task_ids), least=project.min_responses)]


def _rows(task_ids: Sequence[int]) -> str:
    return json.dumps([[task_id] for task_id in sorted(task_ids)])


@transaction.atomic
def request_another(task_ids: Sequence[int]) -> int:
    """Ask for one more answer to each task of a project whose slots are all filled, up to the
    project's maximum; asking twice changes nothing."""
    filled = Task.objects.filter(
        pk__in=task_ids,
        has_content=True,
        answers_needed=F("answers_counted"),
        answers_counted__lt=F("project__max_responses"),
    ).lock()
    columns = requeued(order_of(task_ids))
    return Task.objects.filter(pk__in=filled).update(answers_needed=F("answers_counted") + 1, **columns)


@transaction.atomic
def ask_for_more(task_ids: Sequence[int], answers: int) -> int:
    """Ask for so many answers to each ordinary task beyond those it has or waits for, whatever its
    label is and the project's maximum; says for how many tasks."""
    ordinary = Task.objects.filter(pk__in=task_ids, has_content=True, purpose=Purpose.WORK).lock()
    wanted = {"answers_needed": LEVEL + answers, "answers_asked": LEVEL + answers}
    return Task.objects.filter(pk__in=ordinary).update(**wanted, **requeued(order_of(task_ids)))


@transaction.atomic
def settle(task_ids: Sequence[int]) -> int:
    """Stop handing these tasks out, except those that have fewer answers than the project's
    minimum, or than somebody has asked for. Leases that are out may still be answered."""
    open_tasks = Task.objects.filter(pk__in=task_ids, purpose=Purpose.WORK, is_open=True)
    enough = open_tasks.filter(
        answers_counted__gte=Greatest(F("project__min_responses"), F("answers_asked")),
    ).lock()
    return Task.objects.filter(pk__in=enough).update(answers_needed=LEVEL, exhausted_at=None)


def raise_to_minimum(project: Project) -> None:
    """After a change of policy: every task needs at least the project's minimum."""
    short = Task.objects.for_project(project).filter(answers_needed__lt=project.min_responses, has_content=True)
    columns = requeued(project.applied_order)
    for batch in batches(list(short.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            locked = short.filter(pk__in=batch).lock()
            Task.objects.filter(pk__in=locked).update(answers_needed=project.min_responses, **columns)
