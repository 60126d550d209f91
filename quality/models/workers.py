"""Workers: how far each can be trusted, and what was done about it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.people.models import User
from crowd.projects.models import Membership


class WorkerScore(models.Model):
    """How far a worker can be trusted, as of the last refresh."""

    worker = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE, related_name="score")
    responses = models.PositiveIntegerField()
    reliability = models.FloatField(null=True)
    reliability_low = models.FloatField(null=True)
    reliability_high = models.FloatField(null=True)
    gold_right = models.PositiveIntegerField()
    gold_seen = models.PositiveIntegerField()
    # The sum of how right the answers to gold are, from 0 to 1 each; those from the kind's
    # `right_from` on count as right.
    gold_score = models.FloatField(default=0.0, db_default=0.0)
    # Rows are the true class, columns the answer; probabilities. Null with more classes than
    # anybody could read.
    confusion = models.JSONField(null=True)
    median_seconds = models.FloatField(null=True)
    flags = models.JSONField(default=list)
    # Flag → what speaks for it, in numbers.
    evidence = models.JSONField(default=dict)


class ScorePoint(models.Model):
    """The score that a worker had at the end of a day (UTC), or has had so far today: history, for
    a curve."""

    worker = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="score_points", db_index=False)
    day = models.DateField()
    responses = models.PositiveIntegerField()
    reliability = models.FloatField(null=True)
    reliability_low = models.FloatField(null=True)
    reliability_high = models.FloatField(null=True)
    gold_right = models.PositiveIntegerField()
    gold_seen = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "day"], name="one_score_point_a_day")]


class Standing(models.Model):
    """What the sequential test has decided about a worker, and up to where somebody has overruled
    it."""

    class Verdict(models.TextChoices):
        UNKNOWN = "unknown", gettext_lazy("not yet known")
        RELIABLE = "reliable", gettext_lazy("reliable")
        UNRELIABLE = "unreliable", gettext_lazy("unreliable")

    worker = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE, related_name="standing")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.UNKNOWN)
    decided_at = models.DateTimeField(null=True)
    # Gold answers that the verdict rested on when it was given.
    decided_right = models.PositiveIntegerField(default=0)
    decided_seen = models.PositiveIntegerField(default=0)
    # The number of answers of the worker after which something is done about it, and when somebody
    # did something.
    acts_after = models.PositiveIntegerField(null=True)
    acted_at = models.DateTimeField(null=True)
    # Gold answers that a manager who resumed the worker has forgiven: only later ones can pause the
    # worker again.
    forgiven_right = models.PositiveIntegerField(default=0)
    forgiven_seen = models.PositiveIntegerField(default=0)


class WorkerPrior(models.Model):
    """What was known of a worker from the owner's other projects when the first answer came in: it
    stays as it was then, so that the same answers always give the same labels. In answers, right
    and seen, that count as much."""

    worker = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE, related_name="prior")
    right = models.FloatField()
    seen = models.FloatField()
    projects = models.PositiveIntegerField()


class Voiding(Claimed):
    """All that a worker has answered is declared worthless, or that is taken back: a request, and
    what came of it."""

    LANE = "long"
    TRIES = None

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
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = ClaimedQuerySet["Voiding"].as_manager()

    class Meta:
        indexes = [models.Index("worker", "id", name="voidings_of_worker")]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], name="one_queued_voiding_per_worker", condition=Q(state="queued")
            )
        ]
