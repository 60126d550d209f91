"""/api/v1: the pictures that workers and those who run a project look at."""

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from crowd.api import ApiView, Query
from crowd.people.authentication import WorkerRequest
from crowd.projects.permissions import Permission, project_for
from tasks.errors import NoImage
from tasks.models import Image, Task
from tasks.queue.api import assignment_of


class PictureQuery(Query):
    size = serializers.ChoiceField(
        choices=["full", "small"], default="full", help_text="`small` is for lists: no side is longer than 192 pixels."
    )


def _picture(image: Image | None, size: str) -> FileResponse:
    if image is None:
        raise NoImage(_("This task has no picture."))
    file = image.thumbnail if image.thumbnail and size == "small" else image.file
    response = FileResponse(file.open("rb"), content_type=image.content_type)
    # Whatever the bytes claim to be, a browser shows them as a picture or not at all.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


PICTURES = ("image/png", "image/jpeg")
PICTURE = {(200, name): OpenApiTypes.BINARY for name in PICTURES}


class AssignmentImageView(ApiView):
    media_types = PICTURES
    reads_count = False

    query = PictureQuery

    @extend_schema(operation_id="get_assignment_image", parameters=[PictureQuery], responses=PICTURE)
    def get(self, request: WorkerRequest, token: str) -> FileResponse:
        """The picture of a task you hold or held; the address belongs to one lease."""
        return _picture(assignment_of(request, token).task.image, self.parameters["size"])


class TaskImageView(ApiView):
    media_types = PICTURES

    query = PictureQuery

    @extend_schema(operation_id="get_task_image", parameters=[PictureQuery], responses=PICTURE)
    def get(self, request: WorkerRequest, slug: str, external_id: str) -> FileResponse:
        """The picture of a task of the project."""
        project = project_for(request.user, slug, Permission.READ)
        return _picture(Task.objects.for_project(project).named(external_id).image, self.parameters["size"])
