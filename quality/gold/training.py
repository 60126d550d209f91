"""The training set: tasks whose right answer, and why, workers are told as soon as they have
answered.

Nothing that is answered in training ever counts: not towards the label, nor towards the worker's
scores, nor later when the task is hidden among the work. Who was taught a task is not asked it
again, so that hiding it from others is fair.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from quality.models import GoldAnswer
from tasks.models import Response, Task
from tasks.queue.purposes import set_purpose


@transaction.atomic
def move_to_training(task_ids: Sequence[int]) -> None:
    """Show these tasks, which are gold of one project, before the work."""
    GoldAnswer.objects.filter(task__in=task_ids, training_since=None).update(training_since=Now())
    set_purpose(task_ids, Task.Purpose.TRAINING)


@transaction.atomic
def leave_training(task_ids: Sequence[int]) -> None:
    """Keep what was answered in training as surplus, whatever the tasks are for from now on.
    Answers from before, when the tasks were hidden or ordinary, keep what they were worth."""
    taught_golds = GoldAnswer.objects.filter(task__in=task_ids).exclude(training_since=None)
    taught_tasks = Task.objects.filter(gold__in=taught_golds).lock()
    taught = Response.objects.filter(
        task__in=taught_tasks, counted=True, replaced_at=None, received_at__gte=F("task__gold__training_since")
    )
    filled = Counter(taught.filter(voided_at=None).values_list("task_id", flat=True))
    taught.update(counted=False)
    by_number: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, number in filled.items():
        by_number[number].append(task_id)
    for number, group in by_number.items():
        Task.objects.filter(pk__in=group).update(answers_counted=F("answers_counted") - number)
    taught_golds.update(training_since=None)
