"""Tasks, who may answer them until when, and what was answered. What must never happen is a constraint here."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.people.models import User
from crowd.projects.models import Membership, Project
from tasks.errors import TaskNotFound


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Image(models.Model):
    """A picture as we serve it: decoded and encoded anew, stored once per project by the hash of its content."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(max_length=200)
    content_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="one_image_per_content")]


class TaskQuerySet(models.QuerySet["Task"]):
    def for_project(self, project: Project | int) -> "TaskQuerySet":
        return self.filter(project=project)

    def named(self, external_id: str) -> "Task":
        """The task with this id among them. Raises TaskNotFound."""
        task = self.select_related("project").filter(external_id=external_id).first()
        if task is None:
            raise TaskNotFound(_("There is no task {task} in this project.").format(task=external_id))
        return task

    def stale(self) -> "TaskQuerySet":
        """Tasks with something new that quality has not read yet."""
        return self.filter(revision__gt=F("judged_revision"))

    def mark_stale(self) -> int:
        return self.update(revision=F("revision") + 1)

    def with_free_slot(self) -> "TaskQuerySet":
        return self.filter(answers_needed__gt=F("answers_counted") + F("leases_live"), is_gold=False)


class Task(models.Model):
    """One unit of labelling work."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks")
    external_id = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    image = models.ForeignKey(Image, null=True, on_delete=models.RESTRICT, related_name="tasks")
    priority = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    # The slots. Quality turns the first two; queue and responses keep the counts on the locked row.
    answers_needed = models.PositiveIntegerField()
    is_gold = models.BooleanField(default=False)
    answers_counted = models.PositiveIntegerField(default=0)
    leases_live = models.PositiveIntegerField(default=0)

    # `revision` rises with every answer and every change of gold; `judged_revision` is the newest one that quality has
    # read. A new task is stale, too: nobody has counted it yet.
    revision = models.PositiveBigIntegerField(default=1)
    judged_revision = models.PositiveBigIntegerField(default=0)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="one_task_per_external_id"),
            models.CheckConstraint(
                condition=Q(is_gold=True) | Q(answers_needed__gte=F("answers_counted") + F("leases_live")),
                name="never_more_answers_than_needed",
            ),
        ]
        indexes = [
            models.Index(
                "project",
                F("priority").desc(),
                "id",
                name="tasks_with_a_free_slot",
                condition=Q(answers_needed__gt=F("answers_counted") + F("leases_live"), is_gold=False),
            ),
            models.Index("project", "id", name="tasks_gold", condition=Q(is_gold=True)),
            models.Index("project", "id", name="tasks_stale", condition=Q(revision__gt=F("judged_revision"))),
        ]

    def __str__(self) -> str:
        return self.external_id


class Assignment(models.Model):
    """A lease: this worker may answer this task until a time. The token is all that the worker sees of it."""

    class State(models.TextChoices):
        LIVE = "live", gettext_lazy("live")
        SUBMITTED = "submitted", gettext_lazy("submitted")
        SKIPPED = "skipped", gettext_lazy("skipped")
        EXPIRED = "expired", gettext_lazy("expired")

    token = models.CharField(max_length=22, unique=True, default=new_token)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    worker = models.ForeignKey(Membership, on_delete=models.RESTRICT, related_name="assignments")
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    skip_reason = models.CharField(max_length=200, blank=True)
    leased_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "worker"], name="one_live_assignment_per_worker", condition=Q(state="live")
            ),
        ]
        indexes = [
            models.Index("expires_at", name="assignments_live", condition=Q(state="live")),
            models.Index("worker", name="assignments_live_of_worker", condition=Q(state="live")),
            models.Index("worker", "task", name="assignments_of_worker"),
        ]


class ResponseQuerySet(models.QuerySet["Response"]):
    def current(self) -> "ResponseQuerySet":
        """Answers that stand: neither replaced by a later one of the same worker nor beyond what was needed."""
        return self.filter(replaced_at=None, counted=True)


class Response(models.Model):
    """The stored fact that a worker gave an answer to a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="responses")
    worker = models.ForeignKey(Membership, on_delete=models.RESTRICT, related_name="responses")
    assignment = models.OneToOneField(Assignment, null=True, on_delete=models.CASCADE, related_name="response")
    answer = models.JSONField()
    seconds = models.FloatField(null=True)
    # False for surplus: an answer that came after its lease had ended and its slot was taken.
    counted = models.BooleanField(default=True)
    received_at = models.DateTimeField(db_default=Now())
    replaced_at = models.DateTimeField(null=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "worker"], name="one_response_per_worker", condition=Q(replaced_at=None)
            ),
        ]


class PreLabel(models.Model):
    """What a model, or the folder a picture came in, says about a task. Never shown as an answer of a worker."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="prelabels")
    model = models.CharField(max_length=100)
    distribution = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "model"], name="one_prelabel_per_model")]


class Import(models.Model):
    """A file on its way into a project: read by a job, with progress and a report."""

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("queued")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", gettext_lazy("done")
        FAILED = "failed", gettext_lazy("failed")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="imports")
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    format = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    file = models.FileField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    report = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("id", name="imports_unfinished", condition=Q(state__in=["queued", "running"]))]
