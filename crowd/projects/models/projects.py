"""Projects: what is to be labelled, and how sure it must be."""

from datetime import timedelta
from typing import Any, cast

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.projects.classes import Schema, class_names

MAX_MODEL = 100
MAX_SKILL = 80 + len("/") + 80


class Order(models.TextChoices):
    """Which task comes next."""

    PRIORITY = "priority", gettext_lazy("by priority, and what is begun before what is not")
    DEPTH = "depth", gettext_lazy("finish what is begun")
    BREADTH = "breadth", gettext_lazy("one answer for every task first")
    UNCERTAINTY = "uncertainty", gettext_lazy("the least sure first")
    RANDOM = "random", gettext_lazy("at random")


class OnUnreliable(models.TextChoices):
    """What happens to a worker whose answers to gold show that they are unreliable."""

    FLAG = "flag", gettext_lazy("say so, and leave it to the managers")
    PAUSE = "pause", gettext_lazy("pause the worker")
    VOID = "void", gettext_lazy("pause the worker, and have the tasks answered again by others")


class StandingProjects(models.Manager["Project"]):
    """Those that nobody has deleted; the others are only being removed."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(deleted_at=None)


class Project(models.Model):
    """What is to be labelled, by whom, and how sure it must be."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    schema = models.JSONField()
    method = models.CharField(max_length=40, default="auto")
    min_responses = models.PositiveSmallIntegerField(default=3)
    max_responses = models.PositiveSmallIntegerField(default=5)
    target_confidence = models.FloatField(default=0.95)
    gold_rate = models.FloatField(default=0.1)
    lease_seconds = models.PositiveIntegerField(default=900)
    order = models.CharField(max_length=12, choices=Order.choices, default=Order.PRIORITY)
    # The order that the tasks are in by now: a job puts them into the one that is wished.
    applied_order = models.CharField(max_length=12, choices=Order.choices, default=Order.PRIORITY)
    # What one worker may do. Null is no limit.
    open_leases = models.PositiveSmallIntegerField(default=50)
    responses_per_day = models.PositiveIntegerField(null=True)
    responses_per_minute = models.PositiveIntegerField(null=True)
    undo_seconds = models.PositiveIntegerField(default=120)
    # What a worker has to do before real work. 0 is nothing.
    training_tasks = models.PositiveSmallIntegerField(default=0)
    exam_tasks = models.PositiveSmallIntegerField(default=0)
    exam_score = models.FloatField(default=0.8)
    exam_attempts = models.PositiveSmallIntegerField(default=3)
    exam_cooldown_seconds = models.PositiveIntegerField(default=3600)
    # One project grants by a bare name what another requires by its full name, "slug/name". Empty
    # is none.
    required_skill = models.CharField(max_length=MAX_SKILL, blank=True, default="")
    granted_skill = models.CharField(max_length=80, blank=True, default="")
    on_unreliable = models.CharField(max_length=8, choices=OnUnreliable.choices, default=OnUnreliable.PAUSE)
    # After so many hours without an answer somebody is told. Null is never.
    quiet_hours = models.PositiveIntegerField(null=True, default=24)
    # Whether what models predict counts as a vote.
    prelabels_vote = models.BooleanField(default=True)
    # The model whose predictions workers see; empty is none. The share of answers that are given
    # without, to compare.
    shown_model = models.CharField(max_length=MAX_MODEL, blank=True, default="")
    blind_share = models.FloatField(default=0.2)
    # Addresses and domains, in lower case, of those who may join as workers. Empty is everybody.
    allow_list = models.JSONField(default=list)
    # Rises with every change that may change labels without a new answer, so that consensus is
    # worked out again.
    policy_revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True)

    objects = StandingProjects()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_responses__lte=F("max_responses")), name="min_not_above_max_responses"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    @property
    def class_names(self) -> list[str]:
        return class_names(cast(Schema, self.schema))

    @property
    def full_granted_skill(self) -> str:
        """The skill it grants, by the name that other projects require it by. Slugs hold no
        slash."""
        return f"{self.slug}/{self.granted_skill}" if self.granted_skill else ""
