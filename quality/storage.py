"""Writing what was worked out: only rows that differ are touched, so that `updated_at` means something.

Who writes labels holds the lock on the project's summary, and leaves alone what was worked out from newer answers.
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from crowd.batches import BATCH, batches
from crowd.projects.models import Project
from quality.aggregation import Judge
from quality.aggregation.judge import NEWCOMER
from quality.consensus import Ballot, Ints, Verdict
from quality.models import Consensus, Summary, WorkerScore
from quality.policy import AT_ONCE
from quality.summaries import count_training, moved
from tasks.answers import Answer
from tasks.models import Task

COMPARED = ("label", "confidence", "distribution", "responses", "state", "source")
SCORE_FIELDS = [field.name for field in WorkerScore._meta.fields if not field.primary_key]


def stored_labels(task_ids: Sequence[int]) -> dict[int, Consensus]:
    """What is stored of these tasks, by task."""
    return Consensus.objects.in_bulk(list(task_ids))


def store_verdicts(project: Project, verdicts: Sequence[Verdict], stored: dict[int, Consensus]) -> list[Verdict]:
    """Upsert the labels that differ from what is stored, unless that rests on newer answers; return those written."""
    # The database's time, but written by the adapter: SQLite compares times as text, and its own has fewer digits.
    now = Project.objects.values_list(Now(), flat=True).get(pk=project.pk)
    changed = [verdict for verdict in verdicts if _is_news(verdict, stored.get(verdict.task_id))]
    rows = (
        Consensus(
            task_id=verdict.task_id,
            project=project,
            revision=verdict.revision,
            updated_at=now,
            **{name: getattr(verdict, name) for name in COMPARED},
        )
        for verdict in changed
    )
    Consensus.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=[*COMPARED, "revision", "updated_at"],
    )
    return changed


def _is_news(verdict: Verdict, stored: Consensus | None) -> bool:
    if stored is None:
        return True
    if stored.revision > verdict.revision:
        return False
    return any(getattr(stored, name) != getattr(verdict, name) for name in COMPARED)


@contextmanager
def changing(project: Project) -> Iterator[Summary]:
    """The project's summary, locked within a transaction against everybody else who writes labels, and then stored."""
    Summary.objects.get_or_create(project=project)
    summary = Summary.objects.select_for_update(no_key=True).get(project=project)
    yield summary
    summary.updated_at = Now()
    summary.save(update_fields=["progress", "changed", "changed_at", "updated_at"])


@transaction.atomic
def store_decision(task: Task, answer: Answer, source: Consensus.Source) -> None:
    """Show a person's decision at once; the next refresh works out what follows from it."""
    with changing(task.project) as summary:
        before = stored_labels([task.pk]).values()
        names = task.project.class_names
        after = Consensus(
            task=task,
            project=task.project,
            label=answer,
            confidence=1.0,
            distribution=[float(name == answer) for name in names],
            responses=task.answers_counted,
            state=Consensus.State.SETTLED,
            source=source,
            revision=task.judged_revision,
            updated_at=Now(),
        )
        after.save(force_insert=not before, force_update=bool(before))
        new = int(task.judged_revision == 0)  # counted here; the next refresh judges it, and counts it no more
        summary.progress = moved(summary.progress, before, [after], new, count_training(task.project))
        Task.objects.filter(pk=task.pk, judged_revision=0).update(judged_revision=1, revision=F("revision") + 1)


def mark_judged(ballot: Ballot) -> None:
    """Remember up to where the answers of these tasks have been read."""
    read = list(zip(ballot.task_ids.tolist(), ballot.revisions.tolist(), strict=True))
    for batch in batches(read, AT_ONCE):
        by_revision: defaultdict[int, list[int]] = defaultdict(list)
        for task_id, revision in batch:
            by_revision[revision].append(task_id)
        with transaction.atomic():
            Task.objects.filter(pk__in=[task_id for task_id, _revision in batch]).lock()
            for revision, task_ids in by_revision.items():
                Task.objects.filter(pk__in=task_ids).update(judged_revision=revision)


def store_scores(project: Project, scores: Sequence[WorkerScore]) -> None:
    """Replace the scores of the project's workers; who has no answer any more has no score."""
    WorkerScore.objects.bulk_create(
        scores, batch_size=BATCH, update_conflicts=True, unique_fields=["worker"], update_fields=SCORE_FIELDS
    )
    kept = {score.worker_id for score in scores}
    all_scored = WorkerScore.objects.filter(worker__project=project).values_list("pk", flat=True)
    for batch in batches(sorted(set(all_scored) - kept)):
        WorkerScore.objects.filter(pk__in=batch).delete()


def packed(judge: Judge, worker_ids: Ints) -> bytes:
    """A judge, and the workers it knows, as they are stored."""
    parts: dict[str, Any] = {"accuracy": judge.accuracy, "confusion": judge.confusion}
    parts = {name: part for name, part in parts.items() if part is not None}
    buffer = io.BytesIO()
    np.savez(buffer, class_shares=judge.class_shares, power=judge.power, worker_ids=worker_ids, **parts)
    return buffer.getvalue()


def judge_of(summary: Summary, ballot: Ballot) -> Judge:
    """The judge of the last fit, for a ballot. Before the first one everybody is taken for moderately good."""
    if summary.judge is None:
        return _beginner(ballot)
    with np.load(io.BytesIO(bytes(summary.judge)), allow_pickle=False) as stored:
        parts = dict(stored)
    worker_ids, power = parts.pop("worker_ids"), float(parts.pop("power"))
    judge = Judge(**parts, power=power)
    if len(judge.class_shares) != ballot.n_classes:
        return _beginner(ballot)
    places = np.searchsorted(worker_ids, ballot.worker_ids)
    known = np.isin(ballot.worker_ids, worker_ids)
    return judge.of_workers(np.where(known, places, NEWCOMER))


def _beginner(ballot: Ballot) -> Judge:
    shares = np.full(ballot.n_classes, 1 / ballot.n_classes)
    return Judge(shares, accuracy=np.empty(0)).of_workers([NEWCOMER] * len(ballot.worker_ids))
