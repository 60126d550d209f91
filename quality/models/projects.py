"""Projects: what their refreshes found, what these have to remember, and what people asked of
them."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.people.models import User
from crowd.projects.classes import MAX_CLASS_NAME
from crowd.projects.models import Project
from crowd.webhooks.events import record


def new_edition() -> int:
    return secrets.randbits(63)


class SummaryQuerySet(models.QuerySet["Summary"]):
    def update(self, **changes: Any) -> int:
        return super().update(edition=new_edition(), **changes)


class Summary(models.Model):
    """A project at a glance, stored by its refreshes so that pages compute nothing; and what these
    have to remember."""

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

    # Until then only an explicit request fits the project.
    rests_until = models.DateTimeField(null=True)

    # The last fit: what judges new answers (by its kind), the answers it rests on,
    # and how many were judged since.
    judge = models.BinaryField(null=True)
    fitted = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)

    # Whether the blocks of answers (quality.answers.cache) hold all that was ever judged.
    blocks_complete = models.BooleanField(default=False)

    # More of what the last fit found.
    budget = models.JSONField(default=dict)
    agreement_parts = models.JSONField(default=dict)
    alarm = models.JSONField(default=dict)
    following = models.JSONField(default=dict)
    # Since when somebody knows that no answers come.
    quiet_told_at = models.DateTimeField(null=True)

    # Another number with every change of the summary, and of the labels (quality.labels.editions):
    # drawn by chance, so that none comes again where a copy of the database was restored.
    edition = models.BigIntegerField(default=new_edition, db_default=0)

    objects = SummaryQuerySet.as_manager()

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        self.edition = new_edition()
        fields = None if update_fields is None else {*update_fields, "edition"}
        super().save(update_fields=fields, **options)


INTERRUPTED = "Interrupted three times: the jobs were killed, or there was too little memory."


class Judging(Claimed):
    """One job at a time judges what is new in a project."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="judging")

    objects = ClaimedQuerySet["Judging"].as_manager()

    def give_up(self) -> None:
        Summary.objects.filter(project=self.project_id, error="").update(error=INTERRUPTED)


class Fitting(Claimed):
    """One job at a time fits a project."""

    LANE = "fits"

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="fitting")

    objects = ClaimedQuerySet["Fitting"].as_manager()

    def give_up(self) -> None:
        Summary.objects.filter(project=self.project_id, error="").update(error=INTERRUPTED)
        unfinished = Refresh.objects.filter(project=self.project_id, state__in=["queued", "running"])
        failed = list(unfinished.values_list("pk", flat=True))
        unfinished.update(state=Refresh.State.FAILED, error=INTERRUPTED, finished_at=Now())
        record(self.project, "refresh.done", [{"id": key, "state": "failed", "error": INTERRUPTED} for key in failed])


class Sifting(Claimed):
    """One job at a time looks for the exhausted tasks of a project: from the first to the last that
    somebody passed on, again and again."""

    TRIES = None

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="sifting")
    # The task up to which this lap has come; null between two laps.
    reached = models.BigIntegerField(null=True)
    # What the last lap began with (quality.exhaustion.sifting), and when it was over.
    news = models.CharField(max_length=64, blank=True, default="", db_default="")
    lap_at = models.DateTimeField(null=True)

    objects = ClaimedQuerySet["Sifting"].as_manager()


class Refresh(models.Model):
    """Somebody's request to have the labels worked out now, and what came of it."""

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


class Merge(Claimed):
    """Classes of a project that became part of another one, and how far what is stored of them has
    been written anew: up to the task of the name `reached`."""

    LANE = "long"
    TRIES = None

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("queued")
        DONE = "done", gettext_lazy("done")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="merges", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # The names as they were, and the numbers behind them with those that they become.
    classes = models.JSONField()
    into = models.CharField(max_length=MAX_CLASS_NAME)
    numbers = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    reached = models.CharField(max_length=300, blank=True, default="")
    # Tasks.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = ClaimedQuerySet["Merge"].as_manager()

    class Meta:
        indexes = [models.Index("project", "id", name="merges_of_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], name="one_queued_merge_per_project", condition=Q(state="queued")
            )
        ]

    @property
    def moves(self) -> dict[int, int]:
        """Number → the number it becomes."""
        return {int(number): target for number, target in self.numbers.items()}


def new_pseudonym_key() -> str:
    return secrets.token_hex(32)


class PseudonymKey(models.Model):
    """What the pseudonyms of a project's workers are made with (quality.responses.pseudonyms); made
    when somebody first asks for them."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, default=new_pseudonym_key)


class VoteBlock(models.Model):
    """Answers as arrays, so that a fit need not read rows (quality.answers.cache). A block holds
    all that counts of some tasks, as of a revision; later blocks stand above earlier ones. What is
    lost is built again from the rows."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    votes = models.BinaryField()

    class Meta:
        indexes = [models.Index("project", "id", name="vote_blocks_of_project")]


class AgreementPoint(models.Model):
    """How far the workers of a project agreed at the end of a day (UTC), or agree so far today."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="agreement_points", db_index=False)
    day = models.DateField()
    agreement = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="one_agreement_point_a_day")]


class ReplayQuerySet(ClaimedQuerySet["Replay"]):
    def unfinished(self) -> "ReplayQuerySet":
        return self.filter(state__in=[Replay.State.QUEUED, Replay.State.RUNNING])


class Replay(Claimed):
    """Somebody's request to know what another policy would have made of recorded answers, and what
    came of it."""

    LANE = "fits"

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("queued")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", gettext_lazy("done")
        FAILED = "failed", gettext_lazy("failed")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="replays")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    policy = models.JSONField()
    # Answers that were gathered elsewhere, as CSV; null plays the project's own.
    votes = models.TextField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = ReplayQuerySet.as_manager()

    def give_up(self) -> None:
        interrupted = _("Playing the answers was interrupted three times.")
        finished = {"state": Replay.State.FAILED, "error": interrupted, "finished_at": Now()}
        Replay.objects.filter(pk=self.pk).update(votes=None if self.votes is None else "", **finished)
