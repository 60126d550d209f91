"""/api/v1: labels, page by page and as files. Reads what is stored, computes nothing."""

from typing import Any, ClassVar, cast

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, Query, page_of
from crowd.etags import unless_known
from crowd.people.authentication import WorkerRequest
from crowd.people.models import Scope
from crowd.people.quotas import spend
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.formats.registry import FORMATS
from quality.formats.table_format import TableFormat
from quality.labels.editions import edition_of_labels
from quality.labels.listing import LabelRows, chunks_of, labelled_tasks
from quality.models import Consensus


class LabelsQuery(Query):
    state = serializers.ChoiceField(choices=Consensus.State.choices, required=False)
    min_confidence = serializers.FloatField(min_value=0, max_value=1, required=False)
    updated_since = serializers.DateTimeField(required=False)


class LabelsPageQuery(LabelsQuery, PageQuery):
    pass


class LabelSerializer(serializers.Serializer[Any]):
    task = serializers.CharField()
    label = serializers.JSONField(allow_null=True)  # type: ignore[assignment]  # not the framework's own
    confidence = serializers.FloatField(allow_null=True)
    distribution = serializers.DictField(
        child=serializers.FloatField(),
        required=False,
        allow_null=True,
        help_text="Of kinds of answer that choose: the probability of each class.",
    )
    detail = serializers.JSONField(
        required=False, allow_null=True, help_text="Of other kinds: a confidence for each part of the label."
    )
    responses = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Consensus.State.choices)
    source = serializers.ChoiceField(choices=Consensus.Source.choices)  # type: ignore[assignment]
    updated_at = serializers.DateTimeField(allow_null=True)


class LabelsView(ApiView):
    query = LabelsPageQuery
    scope = Scope.LABELS

    @extend_schema(
        operation_id="list_labels", parameters=[LabelsPageQuery], responses={200: page_of(LabelSerializer), 304: None}
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """Every task of the project with its label; null until there is an answer. `exhausted` are
        those that everybody who may answer them has answered or skipped, and that still lack
        answers."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_labels(project), lambda: self._page(request, project))

    def _page(self, request: WorkerRequest, project: Project) -> Response:
        filters = {name: self.parameters.get(name) for name in ("state", "min_confidence", "updated_since")}
        pages = Pages()
        tasks = pages.paginate_queryset(labelled_tasks(project, **filters), request, view=self)
        rows = LabelRows(project)
        return pages.get_paginated_response([rows.of(task) for task in tasks or []])


class FileSchema(AutoSchema):
    """What the document says of a route that sends a file: in which format."""

    def get_response_serializers(self) -> Any:
        form = cast("LabelsFileView", self.view).form
        return {(200, form.media_type): OpenApiTypes.STR if form.charset else OpenApiTypes.BINARY, 304: None}


class LabelsFileView(ApiView):
    """`labels.csv` and its like, one for each format: all labels, streamed."""

    query = LabelsQuery
    scope = Scope.LABELS
    schema = FileSchema()
    form: ClassVar[TableFormat] = FORMATS["csv"]
    media_types = tuple(each.media_type for each in FORMATS.values())

    @extend_schema(parameters=[LabelsQuery])
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """All labels in one file."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_labels(project), lambda: self._file(request, project))

    def _file(self, request: WorkerRequest, project: Project) -> HttpResponseBase:
        spend("exports", request.user, project.pk)
        labels = LabelRows(project)
        rows = labels.all(labelled_tasks(project, **self.parameters))
        headers = {"Content-Disposition": f'attachment; filename="{project.slug}-labels.{self.form.name}"'}
        written = self.form.write(labels.layout, chunks_of(rows, labels.layout))
        return StreamingHttpResponse(written, content_type=self.form.content_type, headers=headers)
