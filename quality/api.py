"""/api/v1: labels, agreement and refreshes. Reads what is stored, computes nothing."""

from typing import Any, ClassVar

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, Query, page_of, without_body
from crowd.etags import unless_known, unless_the_same
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.people.models import Scope
from crowd.people.quotas import spend
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.consensus import labels
from quality.consensus.editions import edition_of_figures, edition_of_labels
from quality.consensus.summaries import UNMEASURED
from quality.consensus.wishes import request_refresh
from quality.models import Consensus, Refresh, Summary


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
    distribution = serializers.DictField(child=serializers.FloatField(), allow_null=True)
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
        """Every task of the project with its label; null until there is an answer. `exhausted` are those that
        everybody who may answer them has answered or skipped, and that still lack answers."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_labels(project), lambda: self._page(request, project))

    def _page(self, request: WorkerRequest, project: Project) -> Response:
        filters = {name: self.parameters.get(name) for name in ("state", "min_confidence", "updated_since")}
        pages = Pages()
        tasks = pages.paginate_queryset(labels.labelled_tasks(project, **filters), request, view=self)
        names = project.class_names
        return pages.get_paginated_response([labels.label_row(task, names) for task in tasks or []])


class LabelsFileView(ApiView):
    """`labels.csv`, `labels.jsonl`, `labels.parquet`: all labels, streamed."""

    query = LabelsQuery
    scope = Scope.LABELS
    suffix: ClassVar[str] = "csv"
    media_types = ("text/csv", "application/x-ndjson", "application/vnd.apache.parquet")
    content_types: ClassVar[dict[str, str]] = {
        "csv": "text/csv; charset=utf-8",
        "jsonl": "application/x-ndjson",
        "parquet": "application/vnd.apache.parquet",
    }

    @extend_schema(
        parameters=[LabelsQuery],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/x-ndjson"): OpenApiTypes.STR,
            (200, "application/vnd.apache.parquet"): OpenApiTypes.BINARY,
            304: None,
        },
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """All labels in one file."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_labels(project), lambda: self._file(request, project))

    def _file(self, request: WorkerRequest, project: Project) -> HttpResponseBase:
        spend("exports", request.user, project.pk)
        rows = labels.all_rows(project, labels.labelled_tasks(project, **self.parameters))
        name, content_type = f"{project.slug}-labels.{self.suffix}", self.content_types[self.suffix]
        if self.suffix == "parquet":
            return FileResponse(labels.as_parquet(rows), as_attachment=True, filename=name, content_type=content_type)
        lines = labels.as_csv(rows) if self.suffix == "csv" else labels.as_json_lines(rows)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


class IntervalSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class CountsSerializer(serializers.Serializer[Any]):
    tasks = serializers.IntegerField()
    responses = serializers.IntegerField()
    workers = serializers.IntegerField()


class AgreementSerializer(serializers.Serializer[Any]):
    krippendorff_alpha = IntervalSerializer()
    fleiss_kappa = IntervalSerializer()
    gwet_ac1 = IntervalSerializer()
    percent_agreement = IntervalSerializer()
    counts = CountsSerializer()


class AgreementView(ApiView):
    @extend_schema(operation_id="get_agreement", responses={200: AgreementSerializer, 304: None})
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """How far workers agree beyond chance, as of the last refresh, with 95% intervals."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_figures(project), lambda: Response(_agreement(project)))


def _agreement(project: Project) -> dict[str, Any]:
    return Summary.objects.filter(project=project).values_list("agreement", flat=True).first() or UNMEASURED


class RefreshSerializer(serializers.ModelSerializer[Refresh]):
    class Meta:
        model = Refresh
        fields = ("id", "state", "method", "reason", "iterations", "seconds", "error", "requested_at", "finished_at")


class RefreshRequestView(ApiView):
    @extend_schema(operation_id="request_refresh", request=None, responses={202: RefreshSerializer})
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Work the labels out now. Follow `GET …/refreshes/{id}` until its state is `done`."""
        project = project_for(request.user, slug, Permission.MANAGE)
        spend("refreshes", request.user, project.pk)
        refresh = request_refresh(project)
        return Response(RefreshSerializer(refresh).data, status=202)


class RefreshView(ApiView):
    @extend_schema(operation_id="get_refresh", responses={200: RefreshSerializer, 304: None})
    def get(self, request: WorkerRequest, slug: str, pk: int) -> HttpResponseBase:
        """How far a refresh is; once done, which method was chosen, and why."""
        refresh = get_object_or_404(Refresh, project=project_for(request.user, slug, Permission.READ), pk=pk)
        return unless_the_same(request, Response(RefreshSerializer(refresh).data))
