"""Keeping labels up to date: tasks with something new are judged within a second by what the last
fit knows.

The cost follows the number of these tasks, however large the project. Until a step has marked its
tasks as judged they stay stale, so it may be killed at any moment, run twice, late, or not at all.
"""

import numpy as np
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from crowd.claims import Claim
from crowd.projects.models import Project
from quality.answers.cache import append_to_cache
from quality.answers.matrix import matrix_of
from quality.answers.table import AnswerTable, read_table
from quality.kinds.protocol import consensus_kind
from quality.labels.events import announce, announce_unanswered
from quality.labels.inferred import InferredLabels, infer_labels
from quality.labels.stopping import steer_queue
from quality.labels.storage import changing, lock_labels, mark_judged, store_labels, stored_labels
from quality.labels.summaries import moved
from quality.models import Consensus, Judging, Summary
from tasks.models import Task

STEP = 1000  # tasks that are judged together
NEW = 1000  # tasks that only have to be counted


def keep_up(project: Project) -> None:
    """Judge whatever is stale, unless another job is at it."""
    Summary.objects.get_or_create(project=project)
    Judging.objects.get_or_create(project=project)
    with Judging.objects.claim(project.pk) as claim:
        if claim is not None:
            # One after the other: to look for new ones goes past all that are stale. What is less
            # than a step, the next wake-up will join.
            while count_new(project, claim) == NEW:
                claim.progress()
            while judge_some(project, claim) == STEP:
                claim.progress()


@transaction.atomic
def count_new(project: Project, claim: Claim[Judging]) -> int:
    """One step for tasks that came in lately and have no answer yet; says how many there were."""
    new = Task.objects.filter(judged_revision=0, answers_counted=0, purpose=Task.Purpose.WORK)
    task_ids = list(new.for_project(project).stale().order_by("pk").values_list("pk", flat=True)[:NEW])
    if task_ids:
        claim.renew()
        with changing(project) as summary:
            Task.objects.filter(pk__in=task_ids).lock()
            counted = new.filter(pk__in=task_ids).update(judged_revision=F("revision"))
            summary.progress = moved(project, summary.progress, [], [], counted)
    return len(task_ids)


def judge_some(project: Project, claim: Claim[Judging]) -> int:
    """One step; says how many tasks it has judged."""
    stale = Task.objects.for_project(project).stale().order_by("pk").values_list("pk", "judged_revision")
    judged_before = dict(stale[:STEP])
    if not judged_before:
        return 0
    table = read_table(project, list(judged_before))
    matrix = matrix_of(project, table)
    stored = Summary.objects.values_list("judge", flat=True).get(project=project)
    fit = consensus_kind(project).judge(matrix, None if stored is None else bytes(stored))
    found = infer_labels(matrix, fit, project)
    with transaction.atomic():
        claim.renew()
        lock_labels(project)  # nobody deletes tasks from here on
        if Task.objects.filter(pk__in=list(judged_before)).count() < len(judged_before):
            return 0  # some were deleted meanwhile: the others are judged anew
        _store(project, table, found, new=list(judged_before.values()).count(0))
    steer_queue(project, found.ordinary)
    claim.renew()
    mark_judged(table.tasks.tolist())
    return len(judged_before)


def _store(project: Project, table: AnswerTable, found: InferredLabels, new: int) -> None:
    with changing(project) as summary:
        append_to_cache(project, table)
        before = stored_labels(table.tasks["task"].tolist())
        written = store_labels(project, found)
        states = {task_id: label.state for task_id, label in before.items()}
        announce(project, states, found.some(np.isin(found.task_ids, list(written))))
        gone = before.keys() - set(found.task_ids.tolist())
        announce_unanswered(project, (before[task_id] for task_id in gone))
        Consensus.objects.filter(pk__in=gone).delete()
        summary.progress = moved(project, summary.progress, before.values(), found.ratings, new)
        if len(found) or gone:
            summary.changed += len(found) + len(gone)
            summary.changed_at = Now()
