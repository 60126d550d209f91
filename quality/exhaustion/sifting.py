"""Finding the tasks that nobody is left to answer, and those that somebody is left for again.

A lap goes over the open tasks that somebody has passed on, a step at a time, whatever else the
project holds. The next lap begins when there is news, and from time to time without: what the news
don't show, such as that one more answer is wanted, is found by that. A step that is killed has
stored all of it or nothing.
"""

import json
from collections.abc import Collection
from datetime import timedelta
from hashlib import blake2s

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Now

from crowd.claims import Claim
from crowd.people.models import audit
from crowd.projects.answer_kinds import shown_of
from crowd.projects.models import Membership, Project
from crowd.webhooks.events import record
from quality.labels.events import is_heard
from quality.labels.storage import changing, stored_labels
from quality.labels.summaries import moved
from quality.models import Adjudication, Sifting
from tasks.models import QueueState, Task
from tasks.queue.exhaustion import able_workers, exhausted_among, passed_on

STEP = 1000
STEPS = 50  # of one job
AT_LEAST_EVERY = timedelta(minutes=10)
NAMED = 100  # tasks in a row of the audit trail


def projects_to_sift() -> list[int]:
    """Projects with tasks that somebody has passed on, that nobody is at."""
    free = Sifting.objects.free_the_dead().free().values("pk")
    waiting = Exists(Task.objects.filter(project=OuterRef("pk"), may_be_exhausted=True))
    projects = Project.objects.filter(Q(sifting=None) | Q(pk__in=free), waiting)
    return list(projects.order_by("pk").values_list("pk", flat=True))


def sift(project_id: int) -> None:
    """Go on with the lap through a project, or begin one if it is time, unless another job is at
    it."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return
    workers = able_workers(project)
    news = _news(project, workers)
    if not _is_due(project, news):
        return
    Sifting.objects.get_or_create(project=project)
    with Sifting.objects.claim(project.pk) as claim:
        if claim is not None:
            _go_on(project, workers, news, claim)


def _news(project: Project, workers: QuerySet[Membership]) -> str:
    """Differs when somebody has answered or skipped, begins or ceases to work here, or the policy
    has changed."""
    done = QueueState.objects.filter(worker__project=project).aggregate(answers=Sum("answered"), skips=Sum("skipped"))
    able = list(workers.values_list("pk", flat=True))
    return blake2s(json.dumps([able, done, project.policy_revision]).encode()).hexdigest()


def _is_due(project: Project, news: str) -> bool:
    rested = Q(reached=None, news=news, lap_at__gte=Now() - AT_LEAST_EVERY)
    return not Sifting.objects.filter(rested, project=project).exists()


def _go_on(project: Project, workers: QuerySet[Membership], news: str, claim: Claim[Sifting]) -> None:
    reached = claim.row.reached
    if reached is None:
        reached = 0
        claim.renew(reached=reached, news=news)
    for _ in range(STEPS):
        reached = _step(project, workers, reached, claim)
        if reached is None:
            return


def _step(project: Project, workers: QuerySet[Membership], reached: int, claim: Claim[Sifting]) -> int | None:
    """Look at the next tasks; says up to which, or that the lap is over."""
    tasks = Task.objects.for_project(project).filter(may_be_exhausted=True, pk__gt=reached)
    said = dict(tasks.order_by("pk").values_list("pk", "exhausted_at")[:STEP])
    found = _exhausted_among(said, workers)
    changed = [task_id for task_id, since in said.items() if (since is None) == (task_id in found)]
    last = max(said) if len(said) == STEP else None
    with transaction.atomic():
        claim.progress(reached=last, **({} if last else {"lap_at": Now()}))
        if changed:
            weigh(project, changed, workers)
    return last


@transaction.atomic
def weigh(project: Project, task_ids: Collection[int], workers: QuerySet[Membership] | None = None) -> None:
    """Say of each of these tasks whether it is exhausted, and tell of those that were not
    before."""
    able = able_workers(project) if workers is None else workers
    with changing(project) as summary:
        tasks = Task.objects.filter(pk__in=task_ids)
        tasks.lock()  # now nobody is given one
        found = _exhausted_among(task_ids, able)
        new = list(tasks.filter(may_be_exhausted=True, pk__in=found, exhausted_at=None).order_by("pk"))
        reopened = list(tasks.exclude(exhausted_at=None).exclude(pk__in=found).order_by("pk"))
        Task.objects.filter(pk__in=[task.pk for task in new]).update(exhausted_at=Now())
        Task.objects.filter(pk__in=[task.pk for task in reopened]).update(exhausted_at=None)
        summary.progress = moved(project, summary.progress, [], [], 0)
    _tell(project, new)
    for action, changed in (("tasks.exhausted", new), ("tasks.reopened", reopened)):
        if changed:
            names = [task.external_id for task in changed[:NAMED]]
            audit(None, action, project.slug, count=len(changed), tasks=names)


def _exhausted_among(task_ids: Collection[int], workers: QuerySet[Membership]) -> set[int]:
    """Without those that a reviewer has decided."""
    found = exhausted_among(task_ids, workers)
    return found - set(Adjudication.objects.filter(task__in=found).values_list("task", flat=True)) if found else found


def _tell(project: Project, exhausted: Collection[Task]) -> None:
    if not exhausted or not is_heard(project):
        return
    why = passed_on([task.pk for task in exhausted])
    labels = stored_labels([task.pk for task in exhausted])
    shown = shown_of(project)
    payloads = [
        {
            "task": task.external_id,
            "label": shown(labels[task.pk].label) if task.pk in labels else None,
            "confidence": labels[task.pk].confidence if task.pk in labels else None,
            "responses": task.answers_counted,
            "skips": why[task.pk].skips,
            "taken_back": why[task.pk].taken_back,
        }
        for task in exhausted
    ]
    record(project, "task.exhausted", payloads)
