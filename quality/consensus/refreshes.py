"""When a project is worked on, and that a failure harms nobody else.

What is new is judged at once (`live`), and everything is fitted when enough has changed, or when nothing has for a
while (`fits`).
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from crowd.projects.models import Project
from quality.consensus.fits import claim_fit, fit_project
from quality.consensus.live import keep_up
from quality.models import Refresh, Summary
from tasks.models import Task

log = logging.getLogger(__name__)

REST_AFTER_ERROR = timedelta(seconds=60)
TRIES = 3  # of what fails or is killed, until somebody asks for it again
NEWS = 10  # a fit is due when one in so many answers is new
QUIET = timedelta(seconds=10)  # or when nothing has come for so long

State = Refresh.State


def projects_to_refresh() -> list[int]:
    """Projects with something to do that nobody is doing."""
    return list(Project.objects.filter(_to_judge() | _to_fit()).order_by("pk").values_list("pk", flat=True))


def refresh_if_due(project_id: int) -> None:
    """Judge what is new, and fit the project if it is time."""
    stale = Project.objects.filter(_to_judge(), pk=project_id).first()
    if stale is not None and not _guarded(stale, lambda: keep_up(stale), []):
        return
    due = Project.objects.filter(_to_fit(), pk=project_id).first()
    if due is not None and claim_fit(due, settings.FITS_AT_ONCE):
        _fit(due)


def refresh_project(project_id: int) -> None:
    """Judge and fit a project now, unless another job is at it."""
    project = Project.objects.filter(pk=project_id).first()
    if project is not None and _guarded(project, lambda: keep_up(project), []) and claim_fit(project, at_once=2**31):
        _fit(project)


def _to_judge() -> Q:
    stale = Exists(Task.objects.for_project(OuterRef("pk")).stale())  # type: ignore[arg-type]
    free = Q(summary=None) | Q(summary__claimed_until=None) | Q(summary__claimed_until__lt=Now())
    return free & Q(stale) & (Q(summary=None) | Q(summary__tries__lt=TRIES))


def _to_fit() -> Q:
    requested = Exists(Refresh.objects.filter(project=OuterRef("pk"), state=State.QUEUED))
    policy = Q(summary=None) | ~Q(summary__policy_revision=F("policy_revision"))
    enough = Q(summary__changed__gt=0) & (
        Q(summary__fitted__lte=F("summary__changed") * NEWS) | Q(summary__changed_at__lt=Now() - QUIET)
    )
    rested = Q(summary=None) | Q(summary__rests_until=None) | Q(summary__rests_until__lt=Now())
    free = Q(summary=None) | Q(summary__fit_claimed_until=None) | Q(summary__fit_claimed_until__lt=Now())
    tried = Q(summary=None) | Q(summary__fit_tries__lt=TRIES)
    return free & tried & (Q(requested) | (rested & (policy | enough)))


def _fit(project: Project) -> None:
    """Fit a project that is claimed, for all who asked for it."""
    refreshes = Refresh.objects.filter(project=project)
    # Whoever had the claim before was killed: what it was asked to do has still to be done.
    refreshes.filter(state=State.RUNNING).update(state=State.FAILED, error="interrupted")
    asked = list(refreshes.filter(state=State.QUEUED).values_list("pk", flat=True))
    refreshes.filter(pk__in=asked).update(state=State.RUNNING)

    def fit() -> None:
        result = fit_project(project)
        refreshes.filter(pk__in=asked).update(state=State.DONE, finished_at=Now(), **result)

    _guarded(project, fit, asked)


def _guarded(project: Project, work: Callable[[], None], asked: list[int]) -> bool:
    """Do this, or else tell why it failed: the owner is shown it. Says whether it went well."""
    try:
        work()
    except Exception as error:
        log.exception("Refreshing project %s failed", project.slug)
        told = f"{type(error).__name__}: {error}"
        Summary.objects.filter(project=project).update(
            error=told,
            claimed_until=Now() + REST_AFTER_ERROR,
            fit_claimed_until=None,
            rests_until=Now() + REST_AFTER_ERROR,
        )
        Refresh.objects.filter(pk__in=asked).update(state=State.FAILED, error=told, finished_at=Now())
        return False
    return True
