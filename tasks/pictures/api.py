"""/api/v1: the pictures that workers and those who run a project look at."""

import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from crowd.api import ApiView, Query
from crowd.people.authentication import WorkerRequest
from crowd.projects.permissions import Permission, project_for
from tasks.errors import NoImage
from tasks.imaging.pictures import ORIGINAL_TYPES
from tasks.models import Image, Task
from tasks.models.picture_fields import pictures_named
from tasks.queue.api import assignment_of
from tasks.queue.presenting import presented_data
from tasks.queue.shown import frames_of


class PictureQuery(Query):
    size = serializers.ChoiceField(
        choices=["screen", "full", "small"],
        default="screen",
        help_text="`screen`: no side is longer than 4,096 pixels. `full`: not scaled. `small` is for lists: no side "
        "is longer than 192 pixels.",
    )
    field = serializers.CharField(required=False, help_text="Which picture of a task that has several.")


def _picture(task: Task, data: Mapping[str, Any], *, size: str, field: str = "") -> FileResponse:
    """What is served of a task's picture, by its field in the data as they are presented. Raises
    NoImage."""
    image = _image_of(task, data, field)
    return _served({"full": image.full, "small": image.thumbnail}.get(size) or image.file)


def _image_of(task: Task, data: Mapping[str, Any], field: str) -> Image:
    frames = frames_of(task, data)
    if task.image is None or (field and field not in frames):
        raise NoImage(_("This task has no such picture.") if field else _("This task has no picture."))
    if len(frames) == 1:
        return task.image
    shown = field or next(iter(frames))  # the first as presented, which may not be the first that is stored
    return Image.objects.get(project=task.image.project_id, sha256=pictures_named(data)[shown])


def _served(file: FieldFile, media_type: str | None = None, name: str = "") -> FileResponse:
    """A file, to be shown, or with a name to be saved under. Its own name says what the original's
    hash is, and is told to nobody."""
    media_type = media_type or mimetypes.guess_type(file.name or "")[0]
    shown = name or f"picture{PurePosixPath(file.name or '').suffix}"
    response = FileResponse(file.open("rb"), content_type=media_type, as_attachment=bool(name), filename=shown)
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
        assignment = assignment_of(request, token)
        return _picture(assignment.task, presented_data(assignment.worker, assignment.task), **self.parameters)


class TaskImageView(ApiView):
    media_types = PICTURES

    query = PictureQuery

    @extend_schema(operation_id="get_task_image", parameters=[PictureQuery], responses=PICTURE)
    def get(self, request: WorkerRequest, slug: str, external_id: str) -> FileResponse:
        """The picture of a task of the project."""
        project = project_for(request.user, slug, Permission.READ)
        task = Task.objects.for_project(project).named(external_id)
        return _picture(task, task.data, **self.parameters)


class OriginalView(ApiView):
    media_types = tuple(sorted(ORIGINAL_TYPES))

    @extend_schema(
        operation_id="get_original", responses={(200, name): OpenApiTypes.BINARY for name in sorted(ORIGINAL_TYPES)}
    )
    def get(self, request: WorkerRequest, slug: str, sha256: str) -> FileResponse:
        """A picture byte for byte as it came in, with all that its file says of where and when it
        was taken."""
        project = project_for(request.user, slug, Permission.OWN)
        image = Image.objects.filter(project=project, sha256=sha256).first()
        if image is None:
            raise NoImage(_("There is no such picture in this project."))
        ending = image.original_type.partition("/")[2]
        return _served(image.original, image.original_type, name=f"{sha256}.{ending}")
