"""Changes of the order of a project's tasks."""

from django.db import models

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.projects.models import Project


class Reordering(Claimed):
    """Putting the tasks of a project into another order. The row is there until all tasks are in
    it."""

    LANE = "long"
    TRIES = None

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="reordering")

    objects = ClaimedQuerySet["Reordering"].as_manager()
