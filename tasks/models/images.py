"""Pictures of tasks."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from crowd.projects.models import Project

IMAGE = "image"  # the field of a picture that is a whole task
ORIGINALS, COPIES = "originals", "images"  # folders of the files, in which each project has its own


class ImageQuerySet(models.QuerySet["Image"]):
    def take_up(self) -> None:
        """Begin their grace period anew, where it has begun: whoever sends a picture again means to
        use it."""
        self.exclude(unused_since=None).update(unused_since=Now())

    def use(self) -> None:
        """Say, in the transaction that refers to them, that they are used. The job that frees
        pictures waits for the end of it, and leaves them."""
        self.exclude(unused_since=None).update(unused_since=None)

    def note_unused(self) -> None:
        """Begin the grace period of those that no task refers to any more."""
        self.filter(tasks=None, task_pictures=None, unused_since=None).update(unused_since=Now())


class Image(models.Model):
    """A picture of a project: the original's bytes, stored once by their hash, and what is served,
    which is made of them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64)  # of the original
    original = models.FileField(max_length=200)  # owners' eyes only: it says where and when it was taken
    original_type = models.CharField(max_length=20)
    # Of the original upright, before any scaling: the frame of all geometry. `turn` is what makes
    # it upright, as EXIF counts it.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    turn = models.PositiveSmallIntegerField(default=1, db_default=1)
    # What is served: upright, in sRGB, without metadata. `full` only where `file` is smaller than
    # the original.
    file = models.FileField(max_length=200)
    full = models.FileField(max_length=200, blank=True, default="", db_default="")
    thumbnail = models.FileField(
        max_length=200, blank=True, default="", db_default=""
    )  # pictures from before have none
    content_type = models.CharField(max_length=20)
    notes = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # Since when nothing is known to refer to it; null while something does
    # (tasks.pictures.freeing).
    unused_since = models.DateTimeField(null=True, db_default=Now())

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="one_image_per_content")]
        indexes = [models.Index("unused_since", name="images_unused", condition=Q(unused_since__isnull=False))]
