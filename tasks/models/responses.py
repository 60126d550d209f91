"""What was answered."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from crowd.projects.models import Membership
from tasks.models.assignments import Assignment
from tasks.models.tasks import Task


class ResponseQuerySet(models.QuerySet["Response"]):
    def current(self) -> "ResponseQuerySet":
        """Answers that stand: neither taken back, replaced or voided, nor beyond what was
        needed."""
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
