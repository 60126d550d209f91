"""Large projects, quickly: what the verbs make of a part is multiplied inside the database.

Only columns that the database does not fill by itself are copied, and the models say which those
are.
"""

import random
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F
from django.db.models.fields import NOT_PROVIDED

from crowd.projects.models import Membership, Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, Response, Task
from tasks.queue.buckets import set_urgency

PART = 10_000
PRIORITIES = 10
STEP = 5_000


def fill(slug: str, count: int) -> None:
    """Add this many tasks of different priority and urgency."""
    project = Project.objects.get(slug=slug)
    rng = random.Random(0)
    part = min(count, PART)
    add_tasks(project, [_record(number, rng) for number in range(part)])
    set_urgency(
        project, {pk: rng.randrange(101) for pk in Task.objects.filter(project=project).values_list("pk", flat=True)}
    )
    multiply(project, count // part)


def _record(number: int, rng: random.Random) -> TaskRecord:
    text = {"text": f"Is number {number} a bird?"}
    return TaskRecord(external_id=f"t{number}", data=text, priority=rng.randrange(PRIORITIES))


def multiply(project: Project, times: int) -> None:
    """Have every task of the project so many times, under names of their own."""
    columns = _copied_columns(Task)
    values = ["external_id || '-' || n" if column == "external_id" else f"task.{column}" for column in columns]
    statement = f"""
        INSERT INTO {Task._meta.db_table} ({", ".join(columns)})
        SELECT {", ".join(values)} FROM {Task._meta.db_table} AS task, generate_series(2, %s) AS n
        WHERE project_id = %s ORDER BY random()"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [times, project.pk])


def _copied_columns(model: type[models.Model]) -> list[str]:
    fields: list[Any] = list(model._meta.local_concrete_fields)
    filled = [field for field in fields if field.primary_key or field.generated or field.db_default is not NOT_PROVIDED]
    return [field.column for field in fields if field not in filled]


def answer_all_alone(slug: str, email: str, count: int) -> None:
    """Let one worker have answered the project's first tasks; each still needs others' answers.

    The worker's own place in the queue is not kept up to date: what it is, the next lease has to
    find out.
    """
    worker = Membership.objects.get(project__slug=slug, user__email=email)
    task_ids = list(Task.objects.filter(project=worker.project).order_by("pk").values_list("pk", flat=True)[:count])
    for start in range(0, count, STEP):
        _answer(worker, task_ids[start : start + STEP])


@transaction.atomic
def _answer(worker: Membership, task_ids: list[int]) -> None:
    now = {"expires_at": worker.created_at, "closed_at": worker.created_at}
    assignments = Assignment.objects.bulk_create(
        Assignment(task_id=task_id, worker=worker, state=Assignment.State.SUBMITTED, **now) for task_id in task_ids
    )
    Response.objects.bulk_create(
        Response(task_id=each.task_id, worker=worker, assignment=each, answer="yes") for each in assignments
    )
    Task.objects.filter(pk__in=task_ids).update(answers_counted=F("answers_counted") + 1, revision=F("revision") + 1)
