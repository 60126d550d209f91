"""Deleting tasks, with all that hangs on them: answers, leases, labels, gold, decisions. What is
left is a row of the audit trail for each.

A few go at once, in one transaction. Many are a request that a job carries out in steps, each a
transaction that leaves everything consistent; killed, it goes on where it was.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.batches import batches
from crowd.claims import Claim, ClaimedQuerySet
from crowd.errors import CrowdError
from crowd.people.models import AuditEvent, User
from crowd.projects.answer_kinds import shown_of
from crowd.projects.deletion import remove_rows
from crowd.projects.models import Project
from crowd.wakeups import wake
from quality.answers.cache import forget_in_cache
from quality.answers.table import canonical
from quality.browser.walking import BY_NAME, Place, walk
from quality.browser.wanted import Wanted
from quality.labels.requests import wake_refresh
from quality.labels.storage import changing, stored_labels
from quality.labels.summaries import moved
from quality.models import Consensus, TaskDeletion
from tasks.intake.records import tasks_by_external_id
from tasks.models import Image, Task
from tasks.models.tasks import TaskPicture
from tasks.queue.withdrawing import TasksInUse, withdraw

AT_ONCE = 500  # tasks that are deleted before the request is answered
STEP = 100  # tasks that a transaction deletes
TRIES, PAUSE = 100, 0.05  # while somebody is just answering one of them; seconds between two
FOUND_AT_ONCE = 1000

State = TaskDeletion.State


class TasksBusy(CrowdError):
    status, code, retry_after = 409, "tasks_busy", 1


def delete_tasks(*, project: Project, actor: User, names: Sequence[str]) -> TaskDeletion:
    """Delete the tasks with these ids; those that there aren't are left out. Done on return if they
    are few, else queued for a job. Raises TasksBusy."""
    keys = sorted(task.pk for task in tasks_by_external_id(project, list(dict.fromkeys(names))).values())
    if len(keys) <= AT_ONCE:
        deleted = sum(_step(project, actor, step) for step in batches(keys, STEP))
        wake_refresh(project.pk)
        return TaskDeletion(project=project, state=State.DONE, deleted=deleted)
    return _queued(TaskDeletion(project=project, actor=actor, tasks=keys))


def delete_wanted(*, project: Project, actor: User, asked: Mapping[str, Any]) -> TaskDeletion:
    """Have a job delete all tasks that a filter finds and that are there now."""
    Wanted.of(project, asked)
    newest = Task.objects.for_project(project).aggregate(newest=Max("pk"))["newest"] or 0
    return _queued(TaskDeletion(project=project, actor=actor, wanted=dict(asked), newest=newest))


def _queued(deletion: TaskDeletion) -> TaskDeletion:
    deletion.save()
    transaction.on_commit(lambda: wake("quality.delete_tasks", deletion.pk))
    return deletion


def carry_out(deletion_id: int) -> None:
    """Delete what is asked for, unless that is done or another job is at it."""
    with _unfinished().claim(deletion_id) as claim:
        if claim is not None:
            deletion = claim.row
            if deletion.tasks is None:
                deletion.tasks = _find(deletion, claim)
                claim.progress(tasks=deletion.tasks)
            while deletion.reached < len(deletion.tasks):
                _go_on(deletion, deletion.tasks, claim)
            TaskDeletion.objects.filter(pk=deletion.pk).update(state=State.DONE, finished_at=Now())
            wake_refresh(deletion.project_id)


def unfinished() -> list[int]:
    """What nobody is at."""
    return list(_unfinished().free_the_dead().free().order_by("pk").values_list("pk", flat=True))


def under_way(project: Project) -> list[TaskDeletion]:
    """What a job is at, or will be; without the lists of keys, which may be long."""
    return list(_unfinished().filter(project=project).defer("tasks").order_by("pk"))


def _unfinished() -> ClaimedQuerySet[TaskDeletion]:
    return TaskDeletion.objects.filter(state=State.QUEUED, project__deleted_at=None)


def _find(deletion: TaskDeletion, claim: Claim[TaskDeletion]) -> list[int]:
    wanted = Wanted.of(deletion.project, deletion.wanted or {})
    keys: list[int] = []
    place: Place | None = None
    while True:
        stretch = walk(wanted, BY_NAME, place, FOUND_AT_ONCE)
        keys += [found.key for found in stretch.found if found.key <= deletion.newest]
        if stretch.end is None:
            return keys
        place = stretch.end
        claim.renew()


def _go_on(deletion: TaskDeletion, keys: Sequence[int], claim: Claim[TaskDeletion]) -> None:
    step = keys[deletion.reached : deletion.reached + STEP]
    deletion.deleted += _step(deletion.project, deletion.actor, step, claim)
    deletion.reached += len(step)
    claim.progress(reached=deletion.reached, deleted=deletion.deleted)


def _step(project: Project, actor: User | None, keys: Sequence[int], claim: Claim[Any] | None = None) -> int:
    """Delete a few tasks, once nobody is just answering one of them; says how many there were.
    Raises TasksBusy."""
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                if claim is not None:
                    claim.renew()
                return _delete(project, actor, keys)
        except TasksInUse:
            time.sleep(PAUSE)
    raise TasksBusy(_("Somebody is answering one of these tasks. Try again in a moment."))


def _delete(project: Project, actor: User | None, keys: Sequence[int]) -> int:
    with changing(project) as summary:
        tasks = withdraw(keys)
        labels = stored_labels([task.pk for task in tasks])
        _audit(project, actor, tasks, labels)
        forget_in_cache(project, [task.pk for task in tasks])
        pictures = _pictures_of(tasks)
        remove_rows(Task, {"pk__in": [task.pk for task in tasks]})
        Image.objects.filter(pk__in=pictures).note_unused()
        counted = sum(task.judged_revision > 0 for task in tasks)
        summary.progress = moved(project, summary.progress, labels.values(), [], -counted)
        summary.changed += len(tasks)
        summary.changed_at = Now()
    return len(tasks)


def _pictures_of(tasks: Sequence[Task]) -> list[int]:
    several = TaskPicture.objects.filter(task__in=[task.pk for task in tasks]).values_list("image_id", flat=True)
    return sorted({*several, *(task.image_id for task in tasks if task.image_id is not None)})


def _audit(project: Project, actor: User | None, tasks: Sequence[Task], labels: Mapping[int, Consensus]) -> None:
    shown = shown_of(project)
    events = []
    for task in tasks:
        label = labels.get(task.pk)
        detail = {
            "data_sha256": hashlib.sha256(canonical(task.data).encode()).hexdigest(),
            "label": shown(label.label) if label else None,
            "state": label.state if label else Consensus.State.OPEN.value,
            "source": label.source if label else None,
            "answers": task.answers_counted,
        }
        subject = f"{project.slug}/{task.external_id}"
        events.append(AuditEvent(actor=actor, action="task.deleted", subject=subject, detail=detail))
    AuditEvent.objects.bulk_create(events)
