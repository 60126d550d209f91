"""Fitting a project: everything is read, and worked out from the beginning, so that the same answers give the same bits
in whatever order they came; then labels, scores and summary are stored.

Labels are stored a batch at a time, beside the live ones: what has newer answers by then is left to those. Until the
last transaction the project stays due, so a fit may be killed at any moment.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from crowd.batches import batches
from crowd.projects.models import Project
from quality.aggregation import Fit, Judge
from quality.consensus import Ballot, Verdict, fit_ballot, read_ballot, verdicts
from quality.models import Summary, WorkerScore
from quality.policy import steer_queue
from quality.scores import worker_scores
from quality.storage import packed, store_scores, store_verdicts, stored_labels
from quality.summaries import count_progress, measure_agreement
from tasks import slots

SHORTEST_CLAIM = timedelta(seconds=20)
REST = 10  # a project rests this many times as long as its last fit took, so that none takes all the cores


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a fit worked out, before it is stored."""

    ballot: Ballot
    fit: Fit
    verdicts: list[Verdict]
    scores: list[WorkerScore]
    agreement: dict[str, Any]
    judge: bytes


def claim_fit(project: Project, at_once: int) -> bool:
    """Have the project for a fit, unless somebody else has, or too many others are being fitted."""
    summary, _created = Summary.objects.get_or_create(project=project)
    claim = max(SHORTEST_CLAIM, timedelta(seconds=10 * summary.seconds))
    busy = Summary.objects.filter(fit_claimed_until__gt=Now()).exclude(project=project).count()
    free = Summary.objects.filter(Q(fit_claimed_until=None) | Q(fit_claimed_until__lt=Now()), project=project)
    return busy < at_once and free.update(fit_claimed_until=Now() + claim, fit_tries=F("fit_tries") + 1) == 1


def fit_project(project: Project) -> dict[str, Any]:
    """Work out and store everything of a project that is claimed; returns what there is to say about it."""
    started = time.monotonic()
    project.refresh_from_db()
    before = Summary.objects.get(project=project)
    outcome = _work_out(project)
    policy_changed = before.policy_revision != project.policy_revision
    _store_labels(project, outcome, steer_all=policy_changed)
    if policy_changed:
        slots.raise_to_minimum(project)
    seconds = time.monotonic() - started
    fit = outcome.fit
    result = {"method": fit.method, "reason": fit.reason, "iterations": fit.iterations, "seconds": seconds}
    _store_summary(project, outcome, before.changed, result)
    return result


def _work_out(project: Project) -> Outcome:
    ballot = read_ballot(project)
    fit = fit_ballot(ballot, project.method)
    judge = Judge.of(fit, ballot.votes())
    return Outcome(
        ballot,
        fit,
        verdicts(ballot, fit, project),
        worker_scores(ballot, fit),
        measure_agreement(ballot),
        packed(judge, ballot.worker_ids),
    )


def _store_labels(project: Project, outcome: Outcome, *, steer_all: bool) -> None:
    gold = set(outcome.ballot.gold_ids)
    for batch in batches(outcome.verdicts):
        with transaction.atomic():
            Summary.objects.select_for_update(no_key=True).get(project=project)
            written = store_verdicts(project, batch, stored_labels([verdict.task_id for verdict in batch]))
        steered = batch if steer_all else written
        steer_queue(project, [(v.task_id, v.state, v.responses) for v in steered if v.task_id not in gold])


def _store_summary(project: Project, outcome: Outcome, changed: int, result: dict[str, Any]) -> None:
    with transaction.atomic():
        summary = Summary.objects.select_for_update(no_key=True).get(project=project)
        store_scores(project, outcome.scores)
        Summary.objects.filter(project=project).update(
            **result,
            progress=count_progress(project),
            agreement=outcome.agreement,
            judge=outcome.judge,
            fitted=len(outcome.ballot.task),
            changed=max(0, summary.changed - changed),
            error="",
            policy_revision=project.policy_revision,
            updated_at=Now(),
            fit_claimed_until=None,
            fit_tries=0,
            rests_until=Now() + timedelta(seconds=REST * result["seconds"]),
        )
