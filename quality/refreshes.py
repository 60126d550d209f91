"""Refreshing a project: one at a time, whenever something is new, and safely killed at any moment.

A refresh reads everything, works everything out, and then stores labels, scores and summary in one transaction. Until
that commits nothing has happened, and the tasks stay stale; so a job may run twice, late, or not at all.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from crowd.projects.models import Project
from crowd.wakeups import wake
from quality.aggregation import Fit
from quality.consensus import Ballot, Verdict, fit_ballot, read_ballot, verdicts
from quality.models import Refresh, Summary
from quality.policy import steer_queue
from quality.scores import worker_scores
from quality.storage import store_scores, store_verdicts
from quality.summaries import measure_agreement, progress_of
from tasks.models import Task

log = logging.getLogger(__name__)

SHORTEST_CLAIM = timedelta(seconds=20)
REST_AFTER_ERROR = timedelta(seconds=60)
REST = 5  # a project rests this many times as long as its last refresh took, so that none takes all the cores

State = Refresh.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh worked out, before it is stored."""

    policy_revision: int
    ballot: Ballot
    fit: Fit
    verdicts: list[Verdict]


def receive_answers(*, project_id: int, **_kwargs: Any) -> None:
    wake_refresh(project_id)


def wake_refresh(project_id: int) -> None:
    """Have the next refresh of the project start now and not with the next sweep."""
    wake("quality.refresh", project_id)


@transaction.atomic
def request_refresh(project: Project) -> Refresh:
    """Have the project's labels worked out now; a wish that is still queued serves everybody who has it."""
    Project.objects.select_for_update().get(pk=project.pk)
    refresh, _created = Refresh.objects.get_or_create(project=project, state=State.QUEUED)
    transaction.on_commit(lambda: wake_refresh(project.pk))
    return refresh


def projects_to_refresh() -> list[int]:
    """Projects with something new, that nobody is refreshing and that do not rest."""
    return list(_due().order_by("pk").values_list("pk", flat=True))


def refresh_if_due(project_id: int) -> None:
    """Refresh a project, unless it rests: then a later sweep does it."""
    if _due().filter(pk=project_id).exists():
        refresh_project(project_id)


def _due() -> QuerySet[Project]:
    requested = Exists(Refresh.objects.filter(project=OuterRef("pk"), state=State.QUEUED))
    stale = Exists(Task.objects.for_project(OuterRef("pk")).stale())  # type: ignore[arg-type]
    changed = Q(summary=None) | ~Q(summary__policy_revision=F("policy_revision"))
    free = Q(summary__claimed_until=None) | Q(summary__claimed_until__lt=Now())
    rested = Q(summary__rests_until=None) | Q(summary__rests_until__lt=Now())
    return Project.objects.filter(free).filter(Q(requested) | (rested & (Q(stale) | changed)))


def refresh_project(project_id: int) -> None:
    """Work out and store the labels of a project, unless another job is at it."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None or not _claim(project):
        return
    waiting = Refresh.objects.filter(project=project, state=State.QUEUED)
    requests = list(waiting.values_list("pk", flat=True))
    Refresh.objects.filter(pk__in=requests).update(state=State.RUNNING)
    started = time.monotonic()
    try:
        outcome = _work_out(project)
        _store(project, outcome, requests, started)
    except Exception as error:
        log.exception("Refreshing project %s failed", project.slug)
        _record_failure(project, f"{type(error).__name__}: {error}", requests)


def _claim(project: Project) -> bool:
    summary, _created = Summary.objects.get_or_create(project=project)
    claim = max(SHORTEST_CLAIM, timedelta(seconds=10 * summary.seconds))
    free = Summary.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=Now()), project=project)
    if not free.update(claimed_until=Now() + claim):
        return False
    # Whoever had the claim before was killed: what it was asked to do has still to be done.
    Refresh.objects.filter(project=project, state=State.RUNNING).update(state=State.FAILED, error="interrupted")
    return True


def _work_out(project: Project) -> Outcome:
    project.refresh_from_db()
    ballot = read_ballot(project)
    fit = fit_ballot(ballot, project.method)
    return Outcome(project.policy_revision, ballot, fit, verdicts(ballot, fit, project))


def _store(project: Project, outcome: Outcome, requests: list[int], started: float) -> None:
    ballot, fit = outcome.ballot, outcome.fit
    scores = worker_scores(ballot, fit)
    agreement = measure_agreement(ballot)
    with transaction.atomic():
        store_verdicts(project, ballot, outcome.verdicts)
        store_scores(project, scores)
        gold = set(ballot.task_ids[ballot.gold >= 0].tolist())
        steer_queue(project, [(v.task_id, v.state, v.responses) for v in outcome.verdicts if v.task_id not in gold])
        seconds = time.monotonic() - started
        result = {"method": fit.method, "reason": fit.reason, "iterations": fit.iterations, "seconds": seconds}
        Summary.objects.filter(project=project).update(
            **result,
            progress=progress_of(ballot, outcome.verdicts),
            agreement=agreement,
            error="",
            policy_revision=outcome.policy_revision,
            updated_at=Now(),
            claimed_until=None,
            rests_until=Now() + timedelta(seconds=REST * seconds),
        )
        Refresh.objects.filter(pk__in=requests).update(state=State.DONE, finished_at=Now(), **result)


def _record_failure(project: Project, error: str, requests: list[int]) -> None:
    Summary.objects.filter(project=project).update(
        error=error, claimed_until=None, rests_until=Now() + REST_AFTER_ERROR
    )
    Refresh.objects.filter(pk__in=requests).update(state=State.FAILED, error=error, finished_at=Now())
