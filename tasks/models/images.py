"""Pictures of tasks."""

from django.db import models

from crowd.projects.models import Project


class Image(models.Model):
    """A picture as we serve it: decoded and encoded anew, stored once per project by the hash of
    its content."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(max_length=200)
    thumbnail = models.FileField(
        max_length=200, blank=True, default="", db_default=""
    )  # pictures from before have none
    content_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="one_image_per_content")]
