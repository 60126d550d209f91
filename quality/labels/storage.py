"""Writing what was worked out: only rows that differ are touched, so that `updated_at` means
something.

Who writes labels holds the lock on the project's summary, and leaves alone what was worked out from
newer answers.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.db.models.functions import Now

from crowd.batches import BATCH, batches
from crowd.projects.answer_kinds import Answer
from crowd.projects.models import Project
from crowd.sql import Statement, stored
from quality.kinds.matrix import PARTS
from quality.kinds.protocol import consensus_kind
from quality.labels.events import announce_decision
from quality.labels.inferred import Content, InferredLabels
from quality.labels.stopping import AT_ONCE
from quality.labels.summaries import moved
from quality.models import Consensus, Summary, WorkerScore
from tasks.models import Task

MOVING = ("progress", "changed", "changed_at")  # of a summary, the rest of which may be large
SCORE_FIELDS = [field.name for field in WorkerScore._meta.fields if not field.primary_key]

# Label and detail come and are compared as text, and a confidence as a whole number: databases read
# decimals each in their own way.
_STORE = Statement(
    """
    INSERT INTO quality_consensus AS kept
        (task_id, label, detail, confidence, responses, state, source, revision, project_id, updated_at)
    SELECT {number_0}, {document_1}, {document_2}, {number_3} / {parts}, {number_4}, {text_5},
        {text_6}, {number_7}, CAST(%(project)s AS BIGINT), %(now)s
    FROM {rows_of}%(rows)s{end_of_rows}
    WHERE EXISTS (SELECT 1 FROM tasks_task AS task WHERE task.id = {number_0})
    ON CONFLICT (task_id) DO UPDATE SET label = excluded.label, detail = excluded.detail,
        confidence = excluded.confidence, responses = excluded.responses, state = excluded.state,
        source = excluded.source, revision = excluded.revision, updated_at = excluded.updated_at
    WHERE kept.revision <= excluded.revision AND (kept.label <> excluded.label
        OR kept.detail <> excluded.detail OR kept.confidence <> excluded.confidence
        OR kept.responses <> excluded.responses OR kept.state <> excluded.state
        OR kept.source <> excluded.source)
    RETURNING task_id""",
    parts=f"{PARTS:.1f}",
)


def store_labels(project: Project, labels: InferredLabels) -> set[int]:
    """Upsert the labels that differ from what is stored, unless that rests on newer answers, or the
    task is deleted meanwhile; say of which tasks."""
    # The database's time, but written by the adapter: SQLite compares times as text, and its own
    # has fewer digits.
    now = stored(Project.objects.values_list(Now(), flat=True).get(pk=project.pk))
    written: set[int] = set()
    for batch in batches(list(labels.rows)):
        written.update(key for (key,) in _STORE.rows(project=project.pk, now=now, rows=json.dumps(batch)))
    return written


def stored_labels(task_ids: Sequence[int]) -> dict[int, Consensus]:
    """What is stored of these tasks, by task."""
    return Consensus.objects.in_bulk(list(task_ids))


def lock_labels(project: Project) -> None:
    """Lock the labels of a project within a transaction, before any task of it is touched:
    everybody who writes labels does it in this order. They are another edition from here on."""
    Summary.objects.get_or_create(project=project)
    Summary.objects.filter(project=project).update()


@contextmanager
def changing(project: Project) -> Iterator[Summary]:
    """The project's summary, locked within a transaction against everybody else who writes labels,
    and then stored."""
    Summary.objects.get_or_create(project=project)
    summary = Summary.objects.select_for_update(no_key=True).only(*MOVING).get(project=project)
    yield summary
    summary.updated_at = Now()
    summary.save(update_fields=[*MOVING, "updated_at"])


@transaction.atomic
def store_decision(task: Task, answer: Answer, source: Consensus.Source) -> None:
    """Show a person's decision at once; the next refresh works out what follows from it, and no fit
    that has begun before overrules it."""
    with changing(task.project) as summary:
        judged = Task.objects.filter(pk=task.pk)
        judged.mark_stale()
        judged.update(exhausted_at=None)
        new = judged.filter(judged_revision=0).update(judged_revision=1)  # counted here, and then no more
        task.refresh_from_db(fields=["revision", "judged_revision", "answers_counted"])
        before = stored_labels([task.pk]).values()
        content = _decided(task, answer, source)
        after = Consensus(
            task=task,
            project=task.project,
            revision=task.revision,
            updated_at=Now(),
            **content._asdict(),
        )
        after.save(force_insert=not before, force_update=bool(before))
        announce_decision(task.project, task, next((label.state for label in before), ""), content)
        summary.progress = moved(task.project, summary.progress, before, [after], new)


def _decided(task: Task, answer: Answer, source: Consensus.Source) -> Content:
    return Content(
        label=answer,
        detail=consensus_kind(task.project).decided(answer, task.project.schema),
        confidence=1.0,
        responses=task.answers_counted,
        state=Consensus.State.SETTLED,
        source=source,
    )


def mark_judged(revisions: Sequence[tuple[int, int]]) -> None:
    """Remember up to which revision each of these tasks has been read."""
    for batch in batches(revisions, AT_ONCE):
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
