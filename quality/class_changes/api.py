"""/api/v1: renaming and merging the classes of a project."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, StrictSerializer
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.class_changes import rename_class
from crowd.projects.classes import MAX_CLASS_NAME, MAX_CLASSES
from crowd.projects.permissions import Permission, project_for
from crowd.projects.schema import SchemaField
from quality.class_changes.merging import request_merge
from quality.models import Merge


class RenameSerializer(StrictSerializer):
    to = serializers.CharField(max_length=MAX_CLASS_NAME)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`class` is no name that Python takes for an attribute."""
        return {"class": serializers.CharField(max_length=MAX_CLASS_NAME), **super().get_fields()}


class RenamedSerializer(serializers.Serializer[Any]):
    schema = SchemaField()


class MergeRequestSerializer(StrictSerializer):
    classes = serializers.ListField(
        child=serializers.CharField(max_length=MAX_CLASS_NAME), min_length=1, max_length=MAX_CLASSES
    )
    into = serializers.CharField(max_length=MAX_CLASS_NAME)


class MergeSerializer(serializers.ModelSerializer[Merge]):
    """How far a merge is: `done` of `total` tasks."""

    classes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Merge
        fields = ("id", "state", "classes", "into", "done", "total", "requested_at", "finished_at")


class RenameView(ApiView):
    @extend_schema(operation_id="rename_class", request=RenameSerializer, responses=RenamedSerializer)
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Give a class another name, in labels, answers, gold and predictions too, of before and of
        later. Whoever still sends the old name means the class, until another one is called so."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = RenameSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        name, to = body.validated_data["class"], body.validated_data["to"]
        renamed = rename_class(project=project, actor=request.user, name=name, to=to)
        return Response(RenamedSerializer({"schema": renamed.schema}).data)


class MergeView(ApiView):
    @extend_schema(operation_id="merge_classes", request=MergeRequestSerializer, responses={202: MergeSerializer})
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Make classes part of another one, for good: it can't be undone. At once they are gone for
        everybody, and who still sends one of their names means the other; answers, gold, decisions
        and predictions are rewritten in the background, and labels worked out anew."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = MergeRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        names, into = body.validated_data["classes"], body.validated_data["into"]
        merge = request_merge(project=project, actor=request.user, names=names, into=into)
        return Response(MergeSerializer(merge).data, status=202)


class MergeStateView(ApiView):
    @extend_schema(operation_id="get_merge", responses=MergeSerializer)
    def get(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """How far a merge is."""
        project = project_for(request.user, slug, Permission.MANAGE)
        return Response(MergeSerializer(get_object_or_404(Merge, project=project, pk=pk)).data)
