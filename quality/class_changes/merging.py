"""Merging classes: from the moment that it is asked for everybody reads and answers by the classes
that are left (crowd.projects.class_changes), and a job rewrites what is stored under old numbers.

The job goes through the tasks by their names, some at a time, each step a transaction that leaves
everything consistent, so that nobody who answers meanwhile has to wait; killed, it goes on behind
its last step. What a request that had begun before stores under an old number stands for the class
it is part of now, and is only not rewritten. In the end everything is worked out anew.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.claims import Claim, ClaimedQuerySet
from crowd.errors import CrowdError
from crowd.people.models import User
from crowd.projects.answer_kinds import AnswerKind, kind_of
from crowd.projects.class_changes import Merged, take_into
from crowd.projects.models import Project
from crowd.wakeups import wake
from quality.labels.requests import request_refresh
from quality.models import Adjudication, GoldAnswer, Merge, Summary, WorkerScore
from tasks.models import PreLabel, Response, Task

STEP = 500  # tasks
PAUSE = 0.5  # of a step's time, in which others write: SQLite has no queue of those who wait for its one lock

ANSWERS: Sequence[tuple[Any, str]] = ((Response, "answer"), (GoldAnswer, "answer"), (Adjudication, "answer"))
"""Where the answers to a task are stored, beside its label and predictions."""

State = Merge.State


class MergeUnderWay(CrowdError):
    status, code = 409, "merge_under_way"


@transaction.atomic
def request_merge(*, project: Project, actor: User, names: Sequence[str], into: str) -> Merge:
    """Make classes part of another one. Raises MergeUnderWay, and what `take_into` raises."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if Merge.objects.filter(project=project, state=State.QUEUED).exists():
        raise MergeUnderWay(_("Classes of this project are being merged. Wait until that is done."))
    project, numbers = take_into(project=project, actor=actor, names=names, into=into)
    _forget_figures(project)
    merge = Merge.objects.create(
        project=project,
        actor=actor,
        classes=list(names),
        into=into,
        numbers={str(number): target for number, target in numbers.items()},
        total=Task.objects.for_project(project).count(),
    )
    transaction.on_commit(lambda: wake("quality.merge", merge.pk))
    return merge


def _forget_figures(project: Project) -> None:
    """What a fit has stored by the places of classes, which are others now."""
    Summary.objects.filter(project=project).update(judge=None, agreement_parts={}, blocks_complete=False)
    WorkerScore.objects.filter(worker__project=project).update(confusion=None)


def carry_out(merge_id: int) -> None:
    """Do what is queued, unless it is done or another job is at it."""
    with _queued().claim(merge_id) as claim:
        if claim is None:
            return
        while _step(claim):
            pass
        _finish(claim)


def unfinished() -> list[int]:
    """What nobody is at: its wake-up was lost, or its job was killed."""
    return list(_queued().free_the_dead().free().order_by("pk").values_list("pk", flat=True))


def _queued() -> ClaimedQuerySet[Merge]:
    return Merge.objects.filter(state=State.QUEUED)


def _step(claim: Claim[Merge]) -> bool:
    """Write what is stored of some tasks by the numbers that there are now; says whether there were
    any."""
    started, merge = time.monotonic(), claim.row
    tasks = Task.objects.for_project(merge.project_id).filter(external_id__gt=merge.reached).order_by("external_id")
    found = list(tasks.values_list("pk", "external_id")[:STEP])
    if not found:
        return False
    with transaction.atomic():
        claim.renew()
        task_ids = [key for key, _name in found]
        Task.objects.filter(pk__in=task_ids).lock()
        _rewrite(kind_of(merge.project), task_ids, merge.project, merge.moves)
        merge.reached, merge.done = found[-1][1], merge.done + len(found)
        claim.progress(reached=merge.reached, done=merge.done)
    if connection.vendor == "sqlite":
        time.sleep(PAUSE * (time.monotonic() - started))
    return True


def _rewrite(kind: AnswerKind, task_ids: Sequence[int], project: Project, moves: Merged) -> None:
    are_numbers = kind.codes(project.schema) is not None
    for model, column in ANSWERS:
        rows = model.objects.filter(task__in=task_ids)
        if are_numbers:
            _rewrite_numbers(rows, column, moves)
        else:
            _rewrite_each(rows, column, lambda answer: kind.reclassed(answer, moves))
    predictions = PreLabel.objects.filter(task__in=task_ids)
    _rewrite_each(predictions, "prediction", lambda given: kind.reclassed_prediction(given, moves))


def _rewrite_numbers(rows: Any, column: str, moves: Mapping[int, int]) -> None:
    """Answers that are the numbers themselves: one statement for each that is no more."""
    for number, target in moves.items():
        rows.filter(**{column: number}).update(**{column: target})


def _rewrite_each(rows: Any, column: str, reclassed: Any) -> None:
    changed = []
    for row in rows.only("pk", column).order_by("pk").iterator(chunk_size=STEP):
        before = getattr(row, column)
        after = reclassed(before)
        if after != before:
            setattr(row, column, after)
            changed.append(row)
    rows.model.objects.bulk_update(changed, [column], batch_size=STEP)


@transaction.atomic
def _finish(claim: Claim[Merge]) -> None:
    project = claim.row.project
    claim.renew(state=State.DONE, finished_at=Now())
    Summary.objects.filter(project=project).update(blocks_complete=False)
    transaction.on_commit(lambda: request_refresh(project))
