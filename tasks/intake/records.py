"""Task records into tasks: new ones are made, changed ones updated, the same ones left alone."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple, Self

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.batches import BATCH, batches
from crowd.errors import Fault
from crowd.json_values import same_json
from crowd.projects.answer_kinds import Answer, InvalidData, kind_of, parsed
from crowd.projects.models import Order, Project
from crowd.sql import Statement
from tasks.errors import InvalidTasks
from tasks.intake.subjects import refuse_other_subjects
from tasks.models import Image, Task, TaskPicture
from tasks.models.picture_fields import pictures_named
from tasks.queue.buckets import bucket_of_new, requeued
from tasks.signals import gold_given

CHANCE = random.SystemRandom()
ROWS_AT_ONCE = 10_000
MAX_FAULTS = 20


class Gold(NamedTuple):
    """The right answer of a task, and why; hidden among the work, or taught before it."""

    answer: Answer
    explanation: str = ""
    training: bool = False


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task as it comes in, with its pictures by field, and its right answer where that is
    known."""

    external_id: str
    data: dict[str, Any] = field(default_factory=dict)
    priority: int = 0
    pictures: Mapping[str, Image] = field(default_factory=dict)
    gold: Gold | None = None
    has_content: ClassVar[bool] = True

    @classmethod
    def checked(cls, project: Project, *, gold: Mapping[str, Any] | None = None, **fields: Any) -> Self:
        """With its right answer as it is stored. Raises InvalidAnswer."""
        record = cls(**fields)
        if not gold:
            return record
        return replace(record, gold=Gold(**{**gold, "answer": parsed(gold["answer"], project, record)}))

    @property
    def image_id(self) -> int | None:
        """Of its picture, or the first of several."""
        return next((image.pk for image in self.pictures.values()), None)

    @property
    def frames(self) -> dict[str, list[int]] | None:
        return {name: [image.width, image.height] for name, image in self.pictures.items()} or None


@dataclass(frozen=True, slots=True)
class Outcome:
    created: int
    updated: int
    unchanged: int


@transaction.atomic
def add_tasks(project: Project, records: Sequence[TaskRecord]) -> Outcome:
    """Store the records, all or none. Their answers in `gold` must be parsed already; no id may
    come twice. Raises InvalidTasks, AnswersInUse."""
    records = _checked(project, records)
    if pictures := {image.pk for record in records for image in record.pictures.values()}:
        Image.objects.filter(pk__in=list(pictures)).use()
    known = tasks_by_external_id(project, [record.external_id for record in records])
    refuse_other_subjects(project, known, records)
    new = [record for record in records if record.external_id not in known]
    changed = {each.external_id: task for each in records if (task := _changed(known.get(each.external_id), each))}
    _insert(project, new)
    _update(project, list(changed.values()))
    stored = [*new, *(each for each in records if each.external_id in changed)]
    _give_pictures(project, stored, list(changed.values()))
    given_gold = _give_gold(project, records) & {task.pk for task in known.values()}
    updated = {task.pk for task in changed.values()} | given_gold
    return Outcome(created=len(new), updated=len(updated), unchanged=len(records) - len(new) - len(updated))


def _checked(project: Project, records: Sequence[TaskRecord]) -> list[TaskRecord]:
    """With data as the project's kind of answer has them. Raises InvalidTasks naming those that it
    can't be asked about."""
    check, checked, faults = kind_of(project).checked_data, list[TaskRecord](), list[Fault]()
    for place, record in enumerate(records):
        try:
            checked.append(replace(record, data=dict(check(record.data))))
        except InvalidData as error:
            detail = _("Task {id}: {detail}").format(id=record.external_id, detail=error.detail)
            faults.append({**error.errors[0], "field": f"tasks.{place}.{error.errors[0]['field']}", "detail": detail})
    if faults:
        raise InvalidTasks(str(faults[0]["detail"]), errors=faults[:MAX_FAULTS])
    return checked


_INSERT = Statement("""
    INSERT INTO tasks_task (project_id, external_id, data, image_id, priority, answers_needed, bucket, frames,
        purpose, has_content, answers_counted, leases_live, urgency, revision, judged_revision)
    SELECT CAST(%(project)s AS BIGINT), {text_0}, {json_1}, {number_2}, {number_3}, CAST(%(needed)s AS INTEGER),
        {number_4}, {document_5}, 'work', TRUE, 0, 0, 0, 1, 0
    FROM {rows_of}%(rows)s{end_of_rows}""")


def _insert(project: Project, records: Sequence[TaskRecord]) -> None:
    """One statement for all of them, whose rows it takes from one JSON document: ten times as fast
    as the ORM."""
    order = project.applied_order
    rows = [
        [each.external_id, each.data, each.image_id, each.priority, bucket, json.dumps(each.frames)]
        for each in records
        for bucket in [bucket_of_new(order, each.priority, CHANCE)]
    ]
    if order == Order.RANDOM:  # those of one bucket wait in the order they come in
        CHANCE.shuffle(rows)
    for batch in batches(rows, ROWS_AT_ONCE):
        _INSERT.run(project=project.pk, needed=project.min_responses, rows=json.dumps(batch))


def _update(project: Project, changed: Sequence[Task]) -> None:
    Task.objects.bulk_update(changed, ["data", "priority", "image", "frames", "has_content"], batch_size=BATCH)
    Task.objects.filter(pk__in=[task.pk for task in changed]).update(**requeued(project.applied_order))


_KNOWN = Statement("""
    SELECT task.id FROM {rows_of}%(rows)s{end_of_rows} CROSS JOIN tasks_task AS task
    WHERE task.project_id = %(project)s AND task.external_id = {text_0}""")  # a cross join keeps SQLite to this order


def tasks_by_external_id(project: Project, external_ids: Sequence[str]) -> dict[str, Task]:
    rows = json.dumps([[external_id] for external_id in external_ids])
    task_ids = [task_id for (task_id,) in _KNOWN.rows(project=project.pk, rows=rows)]
    return {task.external_id: task for task in Task.objects.filter(pk__in=task_ids)}


def _give_gold(project: Project, records: Sequence[TaskRecord]) -> set[int]:
    answers = {record.external_id: record.gold for record in records if record.gold is not None}
    if not answers:
        return set()
    tasks = tasks_by_external_id(project, list(answers))
    by_task = {task.pk: answers[external_id] for external_id, task in tasks.items()}
    replies: list[Any] = gold_given.send(sender=Task, project=project, answers=by_task)
    return {task_id for _receiver, changed in replies for task_id in changed}


def _changed(task: Task | None, record: TaskRecord) -> Task | None:
    """The task with the record's values, if it is known and they differ. A picture that is a whole
    task stays, whatever else is said of the task."""
    if task is None:
        return None
    stays = not record.pictures and not pictures_named(task.data)
    image_id, frames = (task.image_id, task.frames) if stays else (record.image_id, record.frames)
    same_place = (task.priority, task.image_id, task.frames) == (record.priority, image_id, frames)
    if same_place and same_json(task.data, record.data):
        return None
    task.data, task.priority, task.has_content = record.data, record.priority, True
    task.image_id, task.frames = image_id, frames
    return task


def _give_pictures(project: Project, records: Sequence[TaskRecord], changed: Sequence[Task]) -> None:
    """Note all pictures of tasks that have several, instead of those that changed tasks had
    before."""
    if changed:
        TaskPicture.objects.filter(task__in=[task.pk for task in changed]).delete()
    several = [each for each in records if len(each.pictures) > 1]
    if not several:
        return
    tasks = tasks_by_external_id(project, [each.external_id for each in several])
    TaskPicture.objects.bulk_create(
        (
            TaskPicture(task=tasks[each.external_id], image=image)
            for each in several
            for image in dict.fromkeys(each.pictures.values())
        ),
        batch_size=BATCH,
    )
