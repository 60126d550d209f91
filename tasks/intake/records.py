"""Task records into tasks: new ones are made, changed ones updated, the same ones left alone."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from crowd.batches import BATCH, batches
from crowd.projects.models import Order, Project
from tasks.answers import Answer
from tasks.lanes import place_anew, rank_of_new
from tasks.models import Image, Task
from tasks.signals import gold_given

CHANCE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task as it comes in. `gold` is the right answer and why, where they are known."""

    external_id: str
    data: dict[str, Any] = field(default_factory=dict)
    priority: int = 0
    image: Image | None = None
    gold: tuple[Answer, str] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    created: int
    updated: int
    unchanged: int


@transaction.atomic
def add_tasks(project: Project, records: Sequence[TaskRecord]) -> Outcome:
    """Store the records, all or none. Their answers in `gold` must be parsed already; no id may come twice."""
    known = tasks_by_external_id(project, [record.external_id for record in records])
    new = [record for record in records if record.external_id not in known]
    if project.ranked_order == Order.RANDOM:  # those of one lane stand in the order they come in
        CHANCE.shuffle(new)
    changed = [task for record in records if (task := _changed(known.get(record.external_id), record))]
    Task.objects.bulk_create((_new_task(project, record) for record in new), batch_size=BATCH)
    _update(project, changed)
    updated = {task.pk for task in changed} | (_give_gold(project, records) & {task.pk for task in known.values()})
    return Outcome(created=len(new), updated=len(updated), unchanged=len(records) - len(new) - len(updated))


def _update(project: Project, changed: Sequence[Task]) -> None:
    Task.objects.bulk_update(changed, ["data", "priority", "image", "has_content"], batch_size=BATCH)
    for batch in batches([task.pk for task in changed]):
        Task.objects.filter(pk__in=batch).update(**place_anew(project.ranked_order))


def tasks_by_external_id(project: Project, external_ids: Sequence[str]) -> dict[str, Task]:
    tasks = Task.objects.for_project(project)
    found = (task for batch in batches(external_ids) for task in tasks.filter(external_id__in=batch))
    return {task.external_id: task for task in found}


def _new_task(project: Project, record: TaskRecord) -> Task:
    return Task(
        project=project,
        external_id=record.external_id,
        data=record.data,
        priority=record.priority,
        image=record.image,
        answers_needed=project.min_responses,
        rank=rank_of_new(project.ranked_order, record.priority, CHANCE),
    )


def _changed(task: Task | None, record: TaskRecord) -> Task | None:
    """The task with the record's values, if it is known and they differ."""
    if task is None:
        return None
    image_id = record.image.pk if record.image else task.image_id
    if (task.data, task.priority, task.image_id) == (record.data, record.priority, image_id):
        return None
    task.data, task.priority, task.image_id, task.has_content = record.data, record.priority, image_id, True
    return task


def _give_gold(project: Project, records: Sequence[TaskRecord]) -> set[int]:
    answers = {record.external_id: record.gold for record in records if record.gold is not None}
    if not answers:
        return set()
    tasks = tasks_by_external_id(project, list(answers))
    by_task = {task.pk: answers[external_id] for external_id, task in tasks.items()}
    replies: list[Any] = gold_given.send(sender=Task, project=project, answers=by_task)
    return {task_id for _receiver, changed in replies for task_id in changed}
