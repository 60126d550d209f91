"""Tasks that nobody is left to answer: everybody who works in the project has answered them or
passed them on.

A task never comes again to a worker who answered or skipped it (tasks.queue.candidates), even if
the answer was taken back and the task then let go. What was let go otherwise comes again, and is
not exhausted. Gold never is exhausted, and nothing that a worker is given depends on any of this.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crowd.projects.models import Membership, Project, SkillGrant
from tasks.models import Assignment, Response

State = Assignment.State
BARRING = (State.SUBMITTED, State.SKIPPED)


def able_workers(project: Project) -> QuerySet[Membership]:
    """The workers to whom work may come, now or as soon as their limits allow."""
    workers = Membership.objects.workers().filter(
        project=project, status=Membership.Status.ACTIVE, user__is_active=True
    )
    if project.required_skill:
        workers = workers.filter(Exists(SkillGrant.objects.held(OuterRef("user"), project.required_skill)))
    if project.training_tasks:
        workers = workers.filter(queue_state__trained__gte=project.training_tasks)
    if project.exam_tasks:
        workers = workers.filter(queue_state__exam_passed_at__isnull=False)
    return workers.order_by("pk")


def exhausted_among(task_ids: Collection[int], workers: QuerySet[Membership]) -> set[int]:
    """Those of these tasks that nobody holds, that somebody has passed on, and that can come to
    none of these workers any more. Where there are no workers, no task is exhausted."""
    able = workers.count()
    if not able:
        return set()
    seen = Assignment.objects.filter(task__in=task_ids).order_by().values("task")
    counted = seen.annotate(
        live=Count("pk", filter=Q(state=State.LIVE)),
        skips=Count("pk", filter=Q(state=State.SKIPPED)),
        barred=Count("worker", distinct=True, filter=Q(state__in=BARRING, worker__in=workers.values("pk"))),
    )
    skips = dict(counted.filter(live=0, barred=able).values_list("task", "skips"))
    answered_by_all = {task_id for task_id, count in skips.items() if not count}
    return skips.keys() - (answered_by_all - _taken_back(answered_by_all).keys())


@dataclass(slots=True)
class PassedOn:
    """Why workers passed a task on: the reasons of their skips, the most frequent first, and how
    many took their answer back and gave no other."""

    reasons: Counter[str] = field(default_factory=Counter)
    taken_back: int = 0

    @property
    def skips(self) -> list[dict[str, str | int]]:
        ordered = sorted(self.reasons.items(), key=lambda each: (-each[1], not each[0], each[0]))
        return [{"reason": reason, "count": count} for reason, count in ordered]


def passed_on(task_ids: Collection[int]) -> defaultdict[int, PassedOn]:
    """Why each of these tasks was passed on."""
    found: defaultdict[int, PassedOn] = defaultdict(PassedOn)
    skips = Assignment.objects.filter(task__in=task_ids, state=State.SKIPPED)
    for task_id, reason in skips.values_list("task", "skip_reason"):
        found[task_id].reasons[reason.strip()] += 1
    for task_id, workers in _taken_back(task_ids).items():
        found[task_id].taken_back = workers
    return found


def _taken_back(task_ids: Collection[int]) -> dict[int, int]:
    """For each task, how many workers took their answer back, gave no other, did not skip it and do
    not hold it."""
    if not task_ids:
        return {}
    later = _of_same_worker(Assignment.objects.filter(state__in=[State.SKIPPED, State.LIVE]))
    standing = _of_same_worker(Response.objects.filter(replaced_at=None))
    answered = Assignment.objects.filter(task__in=task_ids, state=State.SUBMITTED)
    gone = answered.exclude(Exists(later)).exclude(Exists(standing)).order_by().values("task")
    return dict(gone.annotate(workers=Count("worker", distinct=True)).values_list("task", "workers"))


def _of_same_worker(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(task=OuterRef("task"), worker=OuterRef("worker"))
