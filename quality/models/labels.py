"""Labels: what is believed of a task, what was decided about it, and what was known before."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.people.models import User
from crowd.projects.models import Project
from tasks.models import Task

SUSPECT_FROM = 0.9
"""The doubt from which gold is taken for suspect."""


class GoldAnswer(models.Model):
    """The right answer of a task: hidden from workers, whose answers are scored against it, or
    taught to them."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="gold")

    class Origin(models.TextChoices):
        GIVEN = "given", gettext_lazy("given by the owner")
        ADJUDICATED = "adjudicated", gettext_lazy("decided by a reviewer")
        PROMOTED = "promoted", gettext_lazy("taken from a very sure label")

    answer = models.JSONField()
    explanation = models.TextField(blank=True)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.GIVEN)
    # Whether the owner gave it before anybody had answered the task. Only then is it a sample of
    # all tasks, and teaches how far the crowd can be trusted: what was decided, or promoted, are
    # the hardest or the easiest of them.
    drawn = models.BooleanField(default=False, db_default=False)
    # How probable the answers of trusted workers make it that this is wrong, as of the last fit;
    # null without answers.
    doubt = models.FloatField(null=True)
    # When somebody looked at it for all the doubt, and said that it is right.
    confirmed_at = models.DateTimeField(null=True)
    # Since when workers are told the answer and the explanation; null where both are hidden.
    training_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        # There are few of these, so that to look for them costs nothing.
        indexes = [models.Index("task", name="gold_doubted", condition=Q(doubt__gte=SUSPECT_FROM, confirmed_at=None))]

    @property
    def training(self) -> bool:
        return self.training_since is not None


class Adjudication(models.Model):
    """A reviewer's decision on a task. It overrules consensus until it is taken back."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="adjudication")
    answer = models.JSONField()
    reviewer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    @property
    def version(self) -> str:
        """What tells this decision from another on the same task."""
        return self.version_at(self.created_at)

    @staticmethod
    def version_at(moment: datetime) -> str:
        return moment.astimezone(UTC).isoformat()


class AdjudicationEvent(models.Model):
    """A decision on a task, or that one was taken back, with what was believed until then. Rows are
    only ever added."""

    class Action(models.TextChoices):
        DECIDED = "decided", gettext_lazy("decided")
        WITHDRAWN = "withdrawn", gettext_lazy("taken back")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="adjudication_events", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    action = models.CharField(max_length=10, choices=Action.choices)
    answer = models.JSONField()
    # Whether the task became gold by it, or ceased to be.
    gold = models.BooleanField(default=False)
    explanation = models.TextField(default="", db_default="")
    # Label, confidence, detail, responses, state and source; null without any answer.
    believed = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("task", "id", name="adjudications_of_task")]


class Consensus(models.Model):
    """The label of a task and how sure it is. Written by a refresh; everything else only reads
    it."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("open")
        SETTLED = "settled", gettext_lazy("settled")
        DISPUTED = "disputed", gettext_lazy("disputed")
        # Never stored: an open task is called so as long as nobody is left to answer it
        # (tasks.queue.exhaustion).
        EXHAUSTED = "exhausted", gettext_lazy("exhausted")

    class Source(models.TextChoices):
        CONSENSUS = "consensus", gettext_lazy("consensus")
        ADJUDICATED = "adjudicated", gettext_lazy("adjudicated")
        GOLD = "gold", gettext_lazy("gold")

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.CASCADE, related_name="consensus")
    # The task's: the database does not check for each row of hundreds of thousands that it is
    # there.
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    label = models.JSONField()
    confidence = models.FloatField()
    # What more there is to say of it, in the form of the project's kind of answer.
    detail = models.JSONField()
    responses = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    source = models.CharField(max_length=12, choices=Source.choices)
    revision = models.PositiveBigIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("project", "state", "confidence", "task", name="consensus_by_state"),
            models.Index("project", "updated_at", "task", name="consensus_by_time"),
            models.Index("project", "responses", "task", name="consensus_by_answers"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="confidence_is_a_probability"
            )
        ]
