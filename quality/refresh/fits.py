"""Fitting a project: everything is worked out from the beginning, so that the same answers give the
same bits in whatever order they came; then labels, scores and summary are stored.

Labels are stored a batch at a time, beside the live ones: what has newer answers by then is left to
those. Until the last transaction the project stays due, so a fit may be killed at any moment.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from crowd.claims import Claim
from crowd.projects.models import Project
from crowd.sql import commit_lazily
from quality.agreement_report.history import note_agreement
from quality.agreement_report.parts import measure_parts
from quality.answers.cache import read_cache
from quality.answers.matrix import matrix_of
from quality.answers.priors import seed_priors
from quality.automation_bias.measuring import measure_following
from quality.budget.measuring import measure_budget
from quality.fraud.finding import Fraud, find_fraud
from quality.gold.suspects import doubt_of_gold, store_doubts
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit, consensus_kind
from quality.labels.events import announce, is_heard, states_before
from quality.labels.inferred import InferredLabels, infer_labels
from quality.labels.stopping import steer_queue
from quality.labels.storage import lock_labels, store_labels, store_scores
from quality.labels.summaries import count_progress, measure_agreement
from quality.models import Fitting, Judging, Summary
from quality.ranking.steering import steer_comparisons
from quality.ranking.storing import store_ranking
from quality.workers.history import note_scores
from quality.workers.scores import worker_scores
from quality.workers.trust import ALARM, act_on_standings
from tasks.queue import slots

REST = 10  # a project rests this many times as long as its last fit took, so that none takes all the cores
LABELS_AT_ONCE = 5_000  # meanwhile the live labels of the project wait


@dataclass(frozen=True, slots=True)
class Findings:
    """What a fit says about workers, gold and the whole."""

    fraud: Fraud
    doubts: dict[int, float]  # of gold
    summary: dict[str, Any]  # fields of the project's summary


def fit_project(project: Project, claim: Claim[Fitting]) -> dict[str, Any]:
    """Work out and store everything of a project that is claimed; returns what there is to say
    about it."""
    started = time.monotonic()
    project.refresh_from_db()
    before = Summary.objects.only("changed", "policy_revision").get(project=project)
    table = read_cache(project)
    seed_priors(project, np.unique(table.answers["worker"]))
    matrix = matrix_of(project, table)
    fit = consensus_kind(project).fit(matrix, project.method)
    found = infer_labels(matrix, fit, project)
    policy_changed = before.policy_revision != project.policy_revision
    with ThreadPoolExecutor(1) as pool:  # numbers here, while the database there is busy with labels
        findings = pool.submit(_find, project, matrix, fit)
        _store_labels(project, found, claim)
        if policy_changed:
            slots.raise_to_minimum(project)
        _store_findings(project, matrix, fit, found, findings.result(), claim)
    seconds = time.monotonic() - started
    result = {"method": fit.method, "reason": fit.reason, "iterations": fit.iterations, "seconds": seconds}
    _finish(project, len(matrix.task), before.changed, result, claim)
    return result


def _find(project: Project, matrix: AnswerMatrix, fit: KindFit) -> Findings:
    return Findings(
        find_fraud(matrix, fit),
        doubt_of_gold(matrix, fit),
        {
            "judge": consensus_kind(project).fitted(matrix, fit),
            "agreement": measure_agreement(project, matrix),
            "agreement_parts": measure_parts(matrix, fit.classes) if fit.classes else {},
        },
    )


def _store_labels(project: Project, found: InferredLabels, claim: Claim[Fitting]) -> None:
    heard = is_heard(project)
    for start in range(0, len(found), LABELS_AT_ONCE):
        batch = found.some(slice(start, start + LABELS_AT_ONCE))
        with transaction.atomic():
            commit_lazily()
            claim.renew()
            lock_labels(project)
            before = states_before(batch.task_ids.tolist()) if heard else {}
            written = store_labels(project, batch)
            if heard:
                announce(project, before, batch.some(np.isin(batch.task_ids, list(written))))
        steer_queue(project, batch.ordinary)  # all of them: whoever stored them may have been killed before this


def _store_findings(
    project: Project,
    matrix: AnswerMatrix,
    fit: KindFit,
    found: InferredLabels,
    findings: Findings,
    claim: Claim[Fitting],
) -> None:
    """Each part may be stored twice."""
    scores = worker_scores(matrix, fit, findings.fraud.evidence)
    budget = measure_budget(matrix, found.states, project)
    agreement = findings.summary["agreement"] | consensus_kind(project).beside_agreement(project, matrix)
    with transaction.atomic():
        claim.renew()
        summary = Summary.objects.select_for_update(no_key=True).only("alarm").get(project=project)
        alarms = {name: alarm for name, alarm in summary.alarm.items() if name == ALARM} | findings.fraud.alarm
        store_scores(project, scores)
        more = {"budget": budget, "following": measure_following(project)}
        note_agreement(project, findings.summary["agreement"])  # with the summary, whose edition tells of it
        told = {**more, **findings.summary, "agreement": agreement}
        Summary.objects.filter(project=project).update(alarm=alarms, **told)
    if ranked := consensus_kind(project).ranked(matrix, fit):
        store_ranking(project, ranked, claim.renew)
        steer_comparisons(project, ranked, claim.renew)
    store_doubts(project, findings.doubts)
    note_scores(project, scores)
    act_on_standings(project, scores)


@transaction.atomic
def _finish(project: Project, answers: int, changed: int, result: dict[str, Any], claim: Claim[Fitting]) -> None:
    """Have the project fitted: only what came since is new."""
    claim.renew()
    summary = Summary.objects.select_for_update(no_key=True).only("changed").get(project=project)
    unjudged = Judging.objects.filter(project=project, attempts__gte=Judging.TRIES).exists()
    Summary.objects.filter(project=project).update(
        **result,
        progress=count_progress(project),
        fitted=answers,
        changed=max(0, summary.changed - changed),
        error=F("error") if unjudged else "",  # why new answers are judged no more is still to be read
        policy_revision=project.policy_revision,
        updated_at=Now(),
        rests_until=Now() + timedelta(seconds=REST * result["seconds"]),
    )
