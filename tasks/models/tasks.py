"""Units of labelling work, with their slots and where they wait in the queue."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.code_points import ByCodePoint
from crowd.projects.models import Project
from crowd.sql import DIALECTS
from tasks.errors import TaskNotFound
from tasks.models.images import Image

MOST_URGENT = 100


class Microseconds(models.Func):
    """The time by the database's clock, at this very row, in microseconds since 1970."""

    template = DIALECTS["postgresql"]["microseconds"]
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=DIALECTS["sqlite"]["microseconds"], **context)


def _whether(condition: Q) -> models.GeneratedField:
    """A column that the database keeps true or false by itself. An index on such a column is
    written only when that changes; an index with the condition itself would be written whenever a
    counter in it moves."""
    truth = Case(When(condition, then=True), default=False)
    return models.GeneratedField(expression=truth, output_field=models.BooleanField(), db_persist=True)


SHORT = Q(purpose="work", has_content=True, answers_needed__gt=F("answers_counted"))
"""That answers are still missing, whoever may be giving them now."""


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
        return self.filter(~Q(purpose="work") | Q(answers_needed__gt=F("answers_counted") + F("leases_live")))

    def lock(self) -> list[int]:
        """Lock these tasks, in one order everywhere, so that two verbs never wait for each other;
        return their keys."""
        return list(self.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


class Task(models.Model):
    """One unit of labelling work."""

    class Purpose(models.TextChoices):
        """What a task is for. Gold is hidden among the work; training is shown before it, with the
        right answers."""

        WORK = "work", gettext_lazy("work")
        GOLD = "gold", gettext_lazy("gold")
        TRAINING = "training", gettext_lazy("training")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    external_id = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    # Its picture, or the first of several (TaskPicture), and how large the upright originals are,
    # by field: `{"left": [5472, 3648]}`. That never changes, and need not be looked up.
    image = models.ForeignKey(Image, null=True, on_delete=models.RESTRICT, related_name="tasks", db_index=False)
    frames = models.JSONField(null=True)
    priority = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.WORK)
    # False for a task that only stands for votes gathered elsewhere: there is nothing to show a
    # worker.
    has_content = models.BooleanField(default=True)

    # The slots. Quality turns the first; queue and responses keep the counts on the locked row.
    answers_needed = models.PositiveIntegerField()
    answers_counted = models.PositiveIntegerField(default=0)
    leases_live = models.PositiveIntegerField(default=0)
    # Up to how many somebody has asked for, however sure the label is before (tasks.queue.slots).
    answers_asked = models.PositiveIntegerField(default=0, db_default=0)
    is_open = _whether(
        Q(has_content=True) & (~Q(purpose="work") | Q(answers_needed__gt=F("answers_counted") + F("leases_live")))
    )

    # Whether a worker has passed it on for good, and since when nobody is left whom it may come to
    # (tasks.queue.exhaustion).
    passed_on = models.BooleanField(default=False, db_default=False)
    exhausted_at = models.DateTimeField(null=True)
    may_be_exhausted = _whether(SHORT & Q(passed_on=True))
    is_exhausted = _whether(SHORT & Q(exhausted_at__isnull=False))

    # Where it waits while it is open (tasks.queue.buckets): its priority bucket, and since when, in
    # microseconds since 1970 by the database's clock. A change to random order makes that a number
    # without pattern. Quality turns the urgency.
    urgency = models.PositiveSmallIntegerField(default=0)
    bucket = models.BigIntegerField(default=0)
    queued_at = models.BigIntegerField(db_default=Microseconds())

    # `revision` rises with every answer and every change of gold; `judged_revision` is the newest
    # one that quality has read. A new task is stale, too: nobody has counted it yet.
    revision = models.PositiveBigIntegerField(default=1)
    judged_revision = models.PositiveBigIntegerField(default=0)
    is_stale = _whether(Q(revision__gt=F("judged_revision")))

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="one_task_per_external_id"),
            models.CheckConstraint(
                condition=~Q(purpose="work") | Q(answers_needed__gte=F("answers_counted") + F("leases_live")),
                name="never_more_answers_than_needed",
            ),
            models.CheckConstraint(condition=Q(urgency__lte=MOST_URGENT), name="urgency_is_a_percentage"),
        ]
        indexes = [
            models.Index("project", ByCodePoint("external_id"), name="tasks_by_name"),
            models.Index(
                "project", "purpose", "bucket", "queued_at", "id", name="tasks_open", condition=Q(is_open=True)
            ),
            models.Index("project", "id", name="tasks_known", condition=~Q(purpose="work")),
            models.Index("image", name="tasks_with_image", condition=Q(image__isnull=False)),
            models.Index("project", "id", name="tasks_to_judge", condition=Q(is_stale=True)),
            models.Index("project", "id", name="tasks_to_weigh", condition=Q(may_be_exhausted=True)),
            models.Index("project", "id", name="tasks_exhausted", condition=Q(is_exhausted=True)),
        ]

    def __str__(self) -> str:
        return self.external_id


class TaskPicture(models.Model):
    """One of the pictures of a task that has several; its data say which is which."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="pictures", db_index=False)
    image = models.ForeignKey(Image, on_delete=models.RESTRICT, related_name="task_pictures")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "image"], name="one_row_per_picture")]
