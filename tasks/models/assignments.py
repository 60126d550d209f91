"""Leases of tasks to workers."""

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer
from crowd.projects.models import Membership
from tasks.models.tasks import Task


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Assignment(models.Model):
    """A lease: this worker may answer this task until a time. The token is all that the worker sees
    of it."""

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
    # False for a lease on a task whose answers others have given meanwhile, which its worker had
    # let go (tasks.queue.candidates), or had answered too late and took back: an answer counts only
    # if a slot is free by then.
    holds_slot = models.BooleanField(db_default=True, default=True)
    # The attempt at the exam that this lease is part of.
    exam_attempt = models.PositiveSmallIntegerField(null=True)
    # What a model said of the task, where the project shows that to workers: an object with its
    # `answer`, empty if it said nothing; null where nothing is shown. A blind worker is not shown
    # it (tasks.queue.suggestions).
    predicted = models.JSONField(null=True)
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
            # Of a worker's, only these few kinds are ever asked for; see tasks.queue.candidates for
            # why there is no other index.
            models.Index("worker", name="assignments_live_of_worker", condition=Q(state="live")),
            models.Index("worker", "id", name="assignments_skipped", condition=Q(state="skipped")),
            models.Index("worker", "exam_attempt", name="assignments_examined", condition=~Q(exam_attempt=None)),
        ]

    @property
    def image_path(self) -> str:
        """Where the worker finds the task's picture, if it has one: the address belongs to this
        lease."""
        return f"{get_script_prefix()}api/v1/assignments/{self.token}/image"

    @property
    def suggestion(self) -> Answer | None:
        """What the worker sees of it."""
        return None if self.blind or not self.predicted else self.predicted["answer"]


class ClosedLease(models.Model):
    """What is left of a lease whose task was deleted: its worker is told that it is closed, and not
    that there never was one."""

    token = models.CharField(max_length=22, unique=True)
    worker = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now(), db_index=True)
