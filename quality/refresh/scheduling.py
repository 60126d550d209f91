"""When a project is worked on, and that a failure harms nobody else.

What is new is judged at once (`live`), and everything is fitted when enough has changed, or when
nothing has for a while (`fits`).
"""

import logging
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from crowd.claims import Claim, ClaimLost
from crowd.projects.models import Project
from quality.labels.requests import answer_requests
from quality.models import Fitting, Judging, Refresh, Summary
from quality.refresh.fits import fit_project
from quality.refresh.live import keep_up
from quality.workers.trust import decisions_to_act_on
from tasks.models import Task

log = logging.getLogger(__name__)

NEWS = 10  # a fit is due when one in so many answers is new
QUIET = timedelta(seconds=10)  # or when nothing has come for so long

State = Refresh.State


def projects_to_refresh() -> list[int]:
    """Projects with something to do that nobody is doing."""
    Judging.objects.free_the_dead()
    Fitting.objects.free_the_dead()
    return list(Project.objects.filter(_to_judge() | _to_fit()).order_by("pk").values_list("pk", flat=True))


def refresh_if_due(project_id: int) -> None:
    """Judge what is new, and fit the project if it is time."""
    stale = Project.objects.filter(_to_judge(), pk=project_id).first()
    if stale is not None and not _judge(stale):
        return
    due = Project.objects.filter(_to_fit(), pk=project_id).first()
    if due is not None:
        _fit(due)


def refresh_project(project_id: int) -> None:
    """Judge and fit a project now, unless another job is at it."""
    project = Project.objects.filter(pk=project_id).first()
    if project is not None and _judge(project):
        _fit(project, whatever_runs=True)


def _to_judge() -> Q:
    stale = Exists(Task.objects.for_project(OuterRef("pk")).stale())  # type: ignore[arg-type]
    return Q(stale) & (Q(judging=None) | Q(pk__in=Judging.objects.free().values("pk")))


def _to_fit() -> Q:
    wished = Refresh.objects.filter(project=OuterRef("pk"), state__in=[State.QUEUED, State.RUNNING])
    requested = Exists(wished)  # one that is still running, though nobody has the project, was killed
    policy = Q(summary=None) | ~Q(summary__policy_revision=F("policy_revision"))
    enough = Q(summary__changed__gt=0) & (
        Q(summary__fitted__lte=F("summary__changed") * NEWS) | Q(summary__changed_at__lt=Now() - QUIET)
    )
    rested = Q(summary=None) | Q(summary__rests_until=None) | Q(summary__rests_until__lt=Now())
    free = Q(fitting=None) | Q(pk__in=Fitting.objects.free().values("pk"))
    return free & (Q(requested) | (rested & (policy | enough | decisions_to_act_on())))


def _judge(project: Project) -> bool:
    """Judge what is new. Says whether it went well; if not, the project rests, and its owner is
    told."""
    try:
        keep_up(project)
    except Exception as error:
        Summary.objects.filter(project=project).update(error=_told(project, error))
        return False
    return True


def _fit(project: Project, *, whatever_runs: bool = False) -> None:
    """Fit a project, unless another job is at it or others take all the cores that fits may
    have."""
    Summary.objects.get_or_create(project=project)
    Fitting.objects.get_or_create(project=project)
    with Fitting.objects.claim(project.pk, whatever_runs=whatever_runs) as claim:
        if claim is not None:
            _fit_for_all(project, claim)


def _fit_for_all(project: Project, claim: Claim[Fitting]) -> None:
    """Fit a project for all who asked for it, those included whose job was killed."""
    asked = Refresh.objects.filter(project=project, state__in=[State.QUEUED, State.RUNNING])
    asked = Refresh.objects.filter(pk__in=list(asked.values_list("pk", flat=True)))
    asked.update(state=State.RUNNING)
    try:
        result = fit_project(project, claim)
    except ClaimLost:
        raise
    except Exception as error:
        told = _told(project, error)
        Summary.objects.filter(project=project).update(error=told)
        answer_requests(project, asked, state=State.FAILED, error=told)
        claim.fail()
    else:
        answer_requests(project, asked, state=State.DONE, **result)


def _told(project: Project, error: Exception) -> str:
    log.exception("Refreshing project %s failed", project.slug)
    return f"{type(error).__name__}: {error}"
