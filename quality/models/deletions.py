"""Tasks on their way out."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.people.models import User
from crowd.projects.models import Project


class TaskDeletion(Claimed):
    """Somebody's request to delete many tasks, and how far it is. Which they are is settled before
    the first one goes: those that are named, or those that a filter finds."""

    LANE = "long"
    TRIES = None

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("queued")
        DONE = "done", gettext_lazy("done")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="task_deletions")
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    # What the filter asks for (quality.browser.wanted), and the newest task there was then.
    wanted = models.JSONField(null=True)
    newest = models.BigIntegerField(default=0)
    # The keys of the tasks, null until they are found; how many of these are done with; and how
    # many of those were still there.
    tasks = models.JSONField(null=True)
    reached = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = ClaimedQuerySet["TaskDeletion"].as_manager()
