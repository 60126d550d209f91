"""/api/v1: single pictures that come in, for tasks to name."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.response import Response

from crowd.api import ApiView, StrictSerializer
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.people.quotas import spend
from crowd.projects.permissions import Permission, project_for
from tasks.errors import InvalidPicture
from tasks.imaging import REASONS, BadImage
from tasks.imaging.pictures import MAX_BYTES
from tasks.intake.images import store_or_find

FORM = 64 * 1024  # bytes that a form takes beside its file


class PictureParser(BaseParser):
    """The body as it is, whatever it calls itself."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream.read(MAX_BYTES + 1)


class SentPictureSerializer(StrictSerializer):
    file = serializers.FileField()


class StoredPictureSerializer(serializers.Serializer[Any]):
    sha256 = serializers.CharField(help_text="Of the bytes that were sent.")
    width = serializers.IntegerField(help_text="Of the picture turned upright: the frame of all geometry.")
    height = serializers.IntegerField()


class PicturesView(ApiView):
    max_body = MAX_BYTES + FORM
    parser_classes = (MultiPartParser, PictureParser)

    @extend_schema(
        operation_id="add_picture",
        request={"application/octet-stream": OpenApiTypes.BINARY, "multipart/form-data": SentPictureSerializer},
        responses={200: StoredPictureSerializer, 201: StoredPictureSerializer},
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """One picture, as the body or as `file` of a form, for tasks to name as
        `{"picture": sha256}`. 200 says that it is here already. What no task names within a week is
        deleted again."""
        project = project_for(request.user, slug, Permission.MANAGE)
        spend("pictures", request.user, project.pk)
        try:
            image, is_new = store_or_find(project, _content(request.data))
        except BadImage as error:
            text, values = REASONS[error.reason]
            detail = _("The picture can't be taken: {reason}.").format(reason=_(text).format(**values))
            raise InvalidPicture(detail, errors=[{"field": "file", "code": error.reason, "detail": detail}]) from error
        return Response(StoredPictureSerializer(image).data, status=201 if is_new else 200)


def _content(sent: Any) -> bytes:
    if isinstance(sent, bytes):
        return sent
    body = SentPictureSerializer(data=sent)
    body.is_valid(raise_exception=True)
    upload: UploadedFile[bytes] = body.validated_data["file"]
    return upload.read()
