"""What is believed: labels, the right answers that were given, and how far each worker can be trusted."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.people.models import User
from crowd.projects.models import Membership, Project
from tasks.models import Task


class GoldAnswer(models.Model):
    """The right answer of a task: hidden from workers, whose answers are scored against it, or taught to them."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="gold")
    answer = models.JSONField()
    explanation = models.TextField(blank=True)
    # Since when workers are told the answer and the explanation; null where both are hidden.
    training_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    @property
    def training(self) -> bool:
        return self.training_since is not None


class Adjudication(models.Model):
    """A reviewer's decision on a task. It overrules consensus until it is taken back."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="adjudication")
    answer = models.JSONField()
    reviewer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())


class Consensus(models.Model):
    """The label of a task and how sure it is. Written by a refresh; everything else only reads it."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("open")
        SETTLED = "settled", gettext_lazy("settled")
        DISPUTED = "disputed", gettext_lazy("disputed")

    class Source(models.TextChoices):
        CONSENSUS = "consensus", gettext_lazy("consensus")
        ADJUDICATED = "adjudicated", gettext_lazy("adjudicated")
        GOLD = "gold", gettext_lazy("gold")

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.CASCADE, related_name="consensus")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    label = models.JSONField()
    confidence = models.FloatField()
    # Probabilities in the order of the schema's classes.
    distribution = models.JSONField()
    responses = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    source = models.CharField(max_length=12, choices=Source.choices)
    revision = models.PositiveBigIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("project", "state", "confidence", name="consensus_by_state"),
            models.Index("project", "updated_at", name="consensus_by_change"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="confidence_is_a_probability"
            )
        ]


class WorkerScore(models.Model):
    """How far a worker can be trusted, as of the last refresh."""

    worker = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE, related_name="score")
    responses = models.PositiveIntegerField()
    reliability = models.FloatField(null=True)
    reliability_low = models.FloatField(null=True)
    reliability_high = models.FloatField(null=True)
    gold_right = models.PositiveIntegerField()
    gold_seen = models.PositiveIntegerField()
    # Rows are the true class, columns the answer; probabilities. Null with more classes than anybody could read.
    confusion = models.JSONField(null=True)
    median_seconds = models.FloatField(null=True)
    flags = models.JSONField(default=list)


class Summary(models.Model):
    """A project at a glance, stored by its refreshes so that pages compute nothing; and what these have to remember."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="summary")
    progress = models.JSONField(default=dict)
    agreement = models.JSONField(default=dict)
    method = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    iterations = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(default=0.0)
    error = models.TextField(blank=True)
    policy_revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)

    # One job at a time judges what is new, and one fits: whoever sets these into the future has the project.
    claimed_until = models.DateTimeField(null=True)
    fit_claimed_until = models.DateTimeField(null=True)
    # How often each was begun since it last came to an end, so that what never ends is not begun for ever.
    tries = models.PositiveSmallIntegerField(default=0)
    fit_tries = models.PositiveSmallIntegerField(default=0)
    # Until then only an explicit request fits the project.
    rests_until = models.DateTimeField(null=True)

    # The last fit: what judges new answers (quality.storage), the answers it rests on, and those judged since.
    judge = models.BinaryField(null=True)
    fitted = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)


class Refresh(models.Model):
    """Somebody's wish to have the labels worked out now, and what came of it."""

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("queued")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", gettext_lazy("done")
        FAILED = "failed", gettext_lazy("failed")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="refreshes")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    method = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    iterations = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], name="one_queued_refresh_per_project", condition=Q(state="queued")
            )
        ]


class Voiding(models.Model):
    """All that a worker has answered is declared worthless, or that is taken back: a wish, and what came of it."""

    class Action(models.TextChoices):
        VOID = "void", gettext_lazy("declared worthless")
        RESTORE = "restore", gettext_lazy("taken back")

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("queued")
        DONE = "done", gettext_lazy("done")

    worker = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="voidings", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=8, choices=Action.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    # How many answers it is about.
    responses = models.PositiveIntegerField()
    # One job at a time: whoever sets this into the future has it.
    claimed_until = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("worker", "id", name="voidings_of_worker")]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], name="one_queued_voiding_per_worker", condition=Q(state="queued")
            )
        ]
