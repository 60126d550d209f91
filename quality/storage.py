"""Writing what a refresh worked out: only rows that differ are touched, so that `updated_at` means something."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models.functions import Now

from crowd.batches import BATCH, batches
from crowd.projects.models import Project
from quality.consensus import Ballot, Verdict
from quality.models import Consensus, WorkerScore
from tasks.answers import Answer
from tasks.models import Task

COMPARED = ("label", "confidence", "distribution", "responses", "state", "source")
SCORE_FIELDS = [field.name for field in WorkerScore._meta.fields if not field.primary_key]


def store_verdicts(project: Project, ballot: Ballot, verdicts: Sequence[Verdict]) -> None:
    """Upsert the labels, drop those of tasks that no longer have one, and mark the tasks as judged."""
    stored = {
        task_id: tuple(values)
        for task_id, *values in Consensus.objects.filter(project=project).values_list("task_id", *COMPARED)
    }
    # The database's time, but written by the adapter: SQLite compares times as text, and its own has fewer digits.
    now = Project.objects.values_list(Now(), flat=True).get(pk=project.pk)
    changed = [v for v in verdicts if stored.get(v.task_id) != tuple(getattr(v, name) for name in COMPARED)]
    Consensus.objects.bulk_create(
        (
            Consensus(
                task_id=v.task_id,
                project=project,
                revision=v.revision,
                updated_at=now,
                **{name: getattr(v, name) for name in COMPARED},
            )
            for v in changed
        ),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=[*COMPARED, "revision", "updated_at"],
    )
    for batch in batches(sorted(stored.keys() - {v.task_id for v in verdicts})):
        Consensus.objects.filter(pk__in=batch).delete()
    _mark_judged(ballot)


def store_decision(task: Task, answer: Answer, source: Consensus.Source) -> None:
    """Show a person's decision at once; the next refresh works out what follows from it."""
    names = task.project.class_names
    Consensus.objects.update_or_create(
        task=task,
        defaults={
            "project": task.project,
            "label": answer,
            "confidence": 1.0,
            "distribution": [float(name == answer) for name in names],
            "responses": task.answers_counted,
            "state": Consensus.State.SETTLED,
            "source": source,
            "revision": task.judged_revision,
            "updated_at": Now(),
        },
    )


def _mark_judged(ballot: Ballot) -> None:
    by_revision: defaultdict[int, list[int]] = defaultdict(list)
    stale = ballot.stale
    for task_id, revision in zip(ballot.task_ids[stale].tolist(), ballot.revisions[stale].tolist(), strict=True):
        by_revision[revision].append(task_id)
    for revision, task_ids in by_revision.items():
        for batch in batches(task_ids):
            Task.objects.filter(pk__in=batch).update(judged_revision=revision)


def store_scores(project: Project, scores: Sequence[WorkerScore]) -> None:
    """Replace the scores of the project's workers; who has no answer any more has no score."""
    WorkerScore.objects.bulk_create(
        scores, batch_size=BATCH, update_conflicts=True, unique_fields=["worker"], update_fields=SCORE_FIELDS
    )
    kept = {score.worker_id for score in scores}
    all_scored = WorkerScore.objects.filter(worker__project=project).values_list("pk", flat=True)
    for batch in batches(sorted(set(all_scored) - kept)):
        WorkerScore.objects.filter(pk__in=batch).delete()
