"""The yardstick: plain Django views that lease and submit with the ORM, for
`benchmarks.work.throughput`.

They do what the two verbs need and nothing else: no authentication but the worker's number for a
key, no middleware, no checks of what is sent. The rules hold under fire all the same: a task is
chosen and counted under its lock, with a CHECK behind the counter, and a worker gets it once. Web
server, connection pool and PostgreSQL are those of the site.
"""

import json
import secrets
import sys
from typing import Any, ClassVar

import django
from django.conf import settings
from django.db.models.functions import Now

if not settings.configured:
    from crowd.settings import DATABASES

    settings.configure(
        DATABASES=DATABASES,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="benchmarks.work.bare",
        MIDDLEWARE=[],
        USE_TZ=True,
    )
    django.setup()

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, models, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

NEEDED = 3


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Task(models.Model):
    data = models.JSONField()
    answers_needed = models.PositiveIntegerField(default=NEEDED)
    answers_counted = models.PositiveIntegerField(default=0)
    leases_live = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "bare"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answers_needed__gte=models.F("answers_counted") + models.F("leases_live")),
                name="bare_never_more_than_needed",
            )
        ]
        indexes = [
            models.Index(
                "id",
                name="bare_free",
                condition=models.Q(answers_needed__gt=models.F("answers_counted") + models.F("leases_live")),
            )
        ]


class Assignment(models.Model):
    token = models.CharField(max_length=22, unique=True, default=new_token)
    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    worker = models.PositiveIntegerField()
    leased_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "bare"
        constraints = [models.UniqueConstraint(fields=["worker", "task"], name="bare_once")]


class Response(models.Model):
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE)
    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    worker = models.PositiveIntegerField()
    answer = models.JSONField()
    seconds = models.FloatField(null=True)
    received_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "bare"


def worker_of(request: HttpRequest) -> int:
    return int(request.headers["Authorization"].rpartition(" ")[2])


def replied(body: dict[str, Any], status: int = 200) -> JsonResponse:
    """With its length, which keeps the connection open without chunks."""
    response = JsonResponse(body, status=status)
    response["Content-Length"] = str(len(response.content))
    return response


def lease(request: HttpRequest, _slug: str) -> JsonResponse:
    """The first task with a free slot that this worker has not had."""
    worker = worker_of(request)
    had = Assignment.objects.filter(task=models.OuterRef("pk"), worker=worker)
    free = Task.objects.filter(answers_needed__gt=models.F("answers_counted") + models.F("leases_live"))
    with transaction.atomic():
        chosen = free.filter(~models.Exists(had)).order_by("pk").select_for_update(skip_locked=True, of=("self",))
        task = chosen.first()
        if task is None:
            return replied({"assignments": []})
        Task.objects.filter(pk=task.pk).update(leases_live=models.F("leases_live") + 1)
        assignment = Assignment.objects.create(task=task, worker=worker)
    return replied({"assignments": [{"token": assignment.token, "data": task.data}]})


def submit(request: HttpRequest, token: str) -> JsonResponse:
    body: dict[str, Any] = json.loads(request.body)
    with transaction.atomic():
        assignment = Assignment.objects.filter(token=token, worker=worker_of(request)).first()
        if assignment is None:
            return replied({"code": "assignment_not_found"}, status=404)
        if not Assignment.objects.filter(pk=assignment.pk, submitted_at=None).update(submitted_at=Now()):
            return replied({"code": "assignment_closed"}, status=409)
        response = Response.objects.create(
            assignment=assignment,
            task_id=assignment.task_id,
            worker=assignment.worker,
            answer=body["answer"],
            seconds=body["seconds"],
        )
        Task.objects.filter(pk=assignment.task_id).update(
            leases_live=models.F("leases_live") - 1, answers_counted=models.F("answers_counted") + 1
        )
    return replied({"received_at": response.received_at}, status=201)


urlpatterns = [
    path("api/v1/projects/<slug:_slug>/assignments", lease),
    path("api/v1/assignments/<str:token>/response", submit),
]
application = WSGIHandler()


def fill(count: int) -> None:
    """Make the tables and this many tasks: `python -m benchmarks.work.bare COUNT`."""
    with connection.schema_editor() as editor:
        for model in (Task, Assignment, Response):
            editor.create_model(model)
    for start in range(0, count, 10_000):
        numbers = range(start, min(count, start + 10_000))
        Task.objects.bulk_create(Task(data={"text": f"Is number {n} a bird?"}) for n in numbers)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
