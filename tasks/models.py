"""Tasks, who may answer them until when, and what was answered. What must never happen is a constraint here."""

import secrets
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now
from django.urls import get_script_prefix
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.people.models import User
from crowd.projects.models import MAX_MODEL, Membership, Project
from crowd.projects.schema import MAX_CLASS_NAME
from crowd.sql import DIALECTS
from crowd.webhooks.events import record
from tasks.errors import TaskNotFound

MOST_URGENT = 100


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Image(models.Model):
    """A picture as we serve it: decoded and encoded anew, stored once per project by the hash of its content."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(max_length=200)
    thumbnail = models.FileField(
        max_length=200, blank=True, default="", db_default=""
    )  # pictures from before have none
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
        return self.filter(is_stale=True)

    def mark_stale(self) -> int:
        return self.update(revision=F("revision") + 1)

    def with_slot(self) -> "TaskQuerySet":
        """Tasks on which one more answer may count."""
        return self.filter(~Q(shelf="work") | Q(answers_needed__gt=F("answers_counted") + F("leases_live")))

    def lock(self) -> list[int]:
        """Lock these tasks, in one order everywhere, so that two verbs never wait for each other; return their keys."""
        return list(self.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


class Microseconds(models.Func):
    """The time by the database's clock, at this very row, in microseconds since 1970."""

    template = DIALECTS["postgresql"]["microseconds"]
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=DIALECTS["sqlite"]["microseconds"], **context)


def _whether(condition: Q) -> models.GeneratedField:
    """A column that the database keeps true or false by itself. An index on it is left alone while it stays what it
    was; one with the condition itself is written anew whenever a counter in it moves."""
    truth = Case(When(condition, then=True), default=False)
    return models.GeneratedField(expression=truth, output_field=models.BooleanField(), db_persist=True)


SHORT = Q(shelf="work", has_content=True, answers_needed__gt=F("answers_counted"))
"""That answers are still missing, whoever may be giving them now."""


class Task(models.Model):
    """One unit of labelling work."""

    class Shelf(models.TextChoices):
        """What a task is for. Gold is hidden among the work; training is shown before it, with the right answers."""

        WORK = "work", gettext_lazy("work")
        GOLD = "gold", gettext_lazy("gold")
        TRAINING = "training", gettext_lazy("training")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    external_id = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    image = models.ForeignKey(Image, null=True, on_delete=models.RESTRICT, related_name="tasks", db_index=False)
    priority = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    shelf = models.CharField(max_length=8, choices=Shelf.choices, default=Shelf.WORK)
    # False for a task that only stands for votes gathered elsewhere: there is nothing to show a worker.
    has_content = models.BooleanField(default=True)

    # The slots. Quality turns the first; queue and responses keep the counts on the locked row.
    answers_needed = models.PositiveIntegerField()
    answers_counted = models.PositiveIntegerField(default=0)
    leases_live = models.PositiveIntegerField(default=0)
    is_open = _whether(
        Q(has_content=True) & (~Q(shelf="work") | Q(answers_needed__gt=F("answers_counted") + F("leases_live")))
    )

    # Whether a worker has passed it on for good, and since when nobody is left whom it may come to (tasks.exhaustion).
    passed_on = models.BooleanField(default=False, db_default=False)
    exhausted_at = models.DateTimeField(null=True)
    may_be_exhausted = _whether(SHORT & Q(passed_on=True))
    is_exhausted = _whether(SHORT & Q(exhausted_at__isnull=False))

    # Where it stands while it is open (see tasks.lanes): its lane, and since when. Quality turns the urgency.
    urgency = models.PositiveSmallIntegerField(default=0)
    rank = models.BigIntegerField(default=0)
    ticket = models.BigIntegerField(db_default=Microseconds())

    # `revision` rises with every answer and every change of gold; `judged_revision` is the newest one that quality has
    # read. A new task is stale, too: nobody has counted it yet.
    revision = models.PositiveBigIntegerField(default=1)
    judged_revision = models.PositiveBigIntegerField(default=0)
    is_stale = _whether(Q(revision__gt=F("judged_revision")))

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="one_task_per_external_id"),
            models.CheckConstraint(
                condition=~Q(shelf="work") | Q(answers_needed__gte=F("answers_counted") + F("leases_live")),
                name="never_more_answers_than_needed",
            ),
            models.CheckConstraint(condition=Q(urgency__lte=MOST_URGENT), name="urgency_is_a_percentage"),
        ]
        indexes = [
            models.Index("project", "shelf", "rank", "ticket", "id", name="tasks_open", condition=Q(is_open=True)),
            models.Index("project", "id", name="tasks_known", condition=~Q(shelf="work")),
            models.Index("image", name="tasks_with_image", condition=Q(image__isnull=False)),
            models.Index("project", "id", name="tasks_to_judge", condition=Q(is_stale=True)),
            models.Index("project", "id", name="tasks_to_weigh", condition=Q(may_be_exhausted=True)),
            models.Index("project", "id", name="tasks_exhausted", condition=Q(is_exhausted=True)),
        ]

    def __str__(self) -> str:
        return self.external_id


class Assignment(models.Model):
    """A lease: this worker may answer this task until a time. The token is all that the worker sees of it."""

    class State(models.TextChoices):
        LIVE = "live", gettext_lazy("live")
        SUBMITTED = "submitted", gettext_lazy("submitted")
        SKIPPED = "skipped", gettext_lazy("skipped")
        RETURNED = "returned", gettext_lazy("handed back")
        EXPIRED = "expired", gettext_lazy("expired")

    token = models.CharField(max_length=22, default=new_token)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    worker = models.ForeignKey(Membership, on_delete=models.RESTRICT, related_name="assignments", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    skip_reason = models.CharField(max_length=200, blank=True)
    leased_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # False for a lease on a task whose answers others have given meanwhile, which its worker had let go (tasks.claims),
    # or had answered too late and took back: an answer counts only if a slot is free by then.
    holds_slot = models.BooleanField(db_default=True, default=True)
    # The attempt at the exam that this lease is part of.
    exam_attempt = models.PositiveSmallIntegerField(null=True)
    # What a model said of the task, where the project shows that to workers: empty if nothing; null where it does not.
    # A blind worker is not shown it (tasks.suggestions).
    predicted = models.CharField(max_length=MAX_CLASS_NAME, null=True)
    blind = models.BooleanField(db_default=False, default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token"], name="one_assignment_per_token"),
            models.UniqueConstraint(
                fields=["task", "worker"], name="one_live_assignment_per_worker", condition=Q(state="live")
            ),
        ]
        indexes = [
            models.Index("expires_at", name="assignments_live", condition=Q(state="live")),
            models.Index("task", "worker", name="assignments_of_task"),
            # Of a worker's, only these few kinds are ever asked for; see tasks.claims for why there is no other index.
            models.Index("worker", name="assignments_live_of_worker", condition=Q(state="live")),
            models.Index("worker", "id", name="assignments_skipped", condition=Q(state="skipped")),
            models.Index("worker", "exam_attempt", name="assignments_examined", condition=~Q(exam_attempt=None)),
        ]

    @property
    def image_path(self) -> str:
        """Where the worker finds the task's picture, if it has one: the address belongs to this lease."""
        return f"{get_script_prefix()}api/v1/assignments/{self.token}/image"

    @property
    def suggestion(self) -> str | None:
        """What the worker sees of it."""
        return None if self.blind else self.predicted or None


class ResponseQuerySet(models.QuerySet["Response"]):
    def current(self) -> "ResponseQuerySet":
        """Answers that stand: neither taken back, replaced or voided, nor beyond what was needed."""
        return self.filter(replaced_at=None, voided_at=None, counted=True)


class Response(models.Model):
    """The stored fact that a worker gave an answer to a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="responses")
    worker = models.ForeignKey(Membership, on_delete=models.RESTRICT, related_name="responses", db_index=False)
    assignment = models.OneToOneField(Assignment, null=True, on_delete=models.CASCADE, related_name="response")
    answer = models.JSONField()
    seconds = models.FloatField(null=True)
    # False for surplus: an answer that came after its lease had ended and its slot was taken.
    counted = models.BooleanField(default=True)
    received_at = models.DateTimeField(db_default=Now())
    # When the worker took it back or gave another instead. It is kept as history.
    replaced_at = models.DateTimeField(null=True)
    # When it was declared worthless: it fills no slot any more, and the worker is not asked again.
    voided_at = models.DateTimeField(null=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "worker"], name="one_response_per_worker", condition=Q(replaced_at=None)
            ),
        ]
        indexes = [models.Index("worker", "id", name="responses_of_worker")]


class Desk(models.Model):
    """What the queue remembers of one worker, on one row: nothing is ever counted over a worker's history."""

    worker = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE, related_name="desk")
    # Shelf → how far along its lanes this worker is (tasks.lanes.Place).
    places = models.JSONField(default=dict)
    # Tasks of the work, and gold among them, that were leased and that the worker has neither answered nor skipped when
    # last seen: what was let go of them comes again first, in this order. No more than were ever held at once.
    unfinished = models.JSONField(default=list)
    held = models.PositiveIntegerField(default=0)
    leased = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    gold_leased = models.PositiveIntegerField(default=0)
    last_response = models.ForeignKey(
        Response, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    # What the worker skipped last, if nothing was answered since: then that is what may be taken back.
    last_skip = models.ForeignKey(
        Assignment, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    # The limits: answers since midnight UTC of `day`, and until when (a time as tickets are) the answers so far take up
    # the allowed pace.
    day = models.DateField(null=True)
    answered_today = models.PositiveIntegerField(default=0)
    paced_until = models.BigIntegerField(default=0)
    # Leases handed back or forgotten: since the last answer, since midnight so many that they count like answers, and
    # ever (tasks.desks).
    let_go_in_a_row = models.PositiveIntegerField(default=0)
    let_go_today = models.PositiveIntegerField(default=0)
    let_go = models.PositiveIntegerField(default=0)
    # Before real work: training tasks answered, and the exam.
    trained = models.PositiveSmallIntegerField(default=0)
    exam_attempt = models.PositiveSmallIntegerField(default=0)
    exam_score = models.FloatField(null=True)
    exam_passed_at = models.DateTimeField(null=True)
    exam_again_at = models.DateTimeField(null=True)

    @property
    def last_done(self) -> int | None:
        """The assignment that the worker answered or skipped last."""
        return self.last_skip_id or (self.last_response.assignment_id if self.last_response else None)


class PreLabel(models.Model):
    """What a model, or the folder a picture came in, says about a task. Never shown as an answer of a worker."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="prelabels")
    model = models.CharField(max_length=MAX_MODEL)
    distribution = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "model"], name="one_prelabel_per_model")]


class ImportQuerySet(ClaimedQuerySet["Import"]):
    def unfinished(self) -> "ImportQuerySet":
        return self.filter(state__in=[Import.State.QUEUED, Import.State.RUNNING])


class Import(Claimed):
    """A file on its way into a project: read by a job, with progress and a report."""

    LANE = "long"

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
    created_at = models.DateTimeField(db_default=Now())

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("id", name="imports_unfinished", condition=Q(state__in=["queued", "running"]))]

    def give_up(self) -> None:
        """Its jobs ended without a word, each of them: by a kill, or for want of memory."""
        report = {"code": "crashed", "detail": _("Reading this file was interrupted three times.")}
        Import.objects.filter(pk=self.pk).update(state=Import.State.FAILED, report=report)
        self.file.delete(save=False)
        record(self.project, "import.done", [{"id": self.pk, "state": "failed", "format": self.format, **report}])


class Ranking(Claimed):
    """That the tasks of a project are brought into another order. The row is there until all of them are."""

    LANE = "long"
    TRIES = None

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="ranking")

    objects = ClaimedQuerySet["Ranking"].as_manager()
