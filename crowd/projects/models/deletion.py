"""Projects that are deleted, and not yet gone."""

from django.db import models
from django.db.models.functions import Now

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.people.models import User
from crowd.projects.models.projects import Project


class Deletion(Claimed):
    """That all of a project is removed, in steps. It goes with the last of them."""

    LANE = "long"
    TRIES = None

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="deletion")
    slug = models.CharField(max_length=80)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    rows = models.PositiveBigIntegerField(default=0)
    requested_at = models.DateTimeField(db_default=Now())

    objects = ClaimedQuerySet["Deletion"].as_manager()
