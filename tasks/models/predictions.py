"""What models say about tasks."""

from django.db import models
from django.db.models.functions import Now

from crowd.projects.models import MAX_MODEL
from tasks.models.tasks import Task


class PreLabel(models.Model):
    """What a model, or the folder a picture came in, says about a task. Never shown as an answer of
    a worker."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="prelabels")
    model = models.CharField(max_length=MAX_MODEL)
    # In the form of the project's kind of answer (crowd.projects.answer_kinds).
    prediction = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "model"], name="one_prelabel_per_model")]
