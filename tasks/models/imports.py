"""Files on their way into a project."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.people.models import User
from crowd.projects.models import Project
from crowd.webhooks.events import record


class ImportQuerySet(ClaimedQuerySet["Import"]):
    def unfinished(self) -> "ImportQuerySet":
        return self.filter(state__in=[Import.State.QUEUED, Import.State.RUNNING])


class Import(Claimed):
    """A file on its way into a project: read by a job, with progress and a report."""

    LANE = "long"

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("queued")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", gettext_lazy("done")
        FAILED = "failed", gettext_lazy("failed")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="imports")
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    format = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    file = models.FileField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("id", name="imports_unfinished", condition=Q(state__in=["queued", "running"]))]

    def give_up(self) -> None:
        """Its jobs ended without a word, each of them: by a kill, or for want of memory."""
        report = {"code": "crashed", "detail": _("Reading this file was interrupted three times.")}
        Import.objects.filter(pk=self.pk).update(state=Import.State.FAILED, report=report)
        self.file.delete(save=False)
        record(self.project, "import.done", [{"id": self.pk, "state": "failed", "format": self.format, **report}])
