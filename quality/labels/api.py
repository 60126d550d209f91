"""/api/v1: labels, page by page and as files. Reads what is stored, computes nothing."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, Query, page_of
from crowd.etags import unless_known
from crowd.people.authentication import WorkerRequest
from crowd.people.models import Scope
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.exports import Export, TableFileView
from quality.labels.editions import edition_of_labels
from quality.labels.listing import LabelRows, export_labels, labelled_tasks
from quality.models import Consensus

FILTERS = ("state", "min_confidence", "updated_since")


class LabelsQuery(Query):
    state = serializers.ChoiceField(choices=Consensus.State.choices, required=False)
    min_confidence = serializers.FloatField(min_value=0, max_value=1, required=False)
    updated_since = serializers.DateTimeField(required=False)
    columns = serializers.ChoiceField(
        choices=["data"],
        required=False,
        help_text="`data` adds what the tasks themselves are: in files a column for each thing they tell, in the list "
        "an object.",
    )


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
    data = serializers.DictField(  # type: ignore[assignment]  # not the framework's own
        required=False, help_text="Only where `columns=data` asks for it."
    )


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
        pages, rows = Pages(), LabelRows(project)
        with_data = "columns" in self.parameters
        labelled = labelled_tasks(project, **_filters(self.parameters))
        tasks = pages.paginate_queryset(labelled.defer(None) if with_data else labelled, request, view=self)
        found = [{**rows.of(task), **({"data": task.data} if with_data else {})} for task in tasks or []]
        return pages.get_paginated_response(found)


def _filters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name in FILTERS}


class LabelsFileView(TableFileView):
    """`labels.csv` and its like, one for each format: all labels, streamed."""

    table = "labels"
    query = LabelsQuery

    @extend_schema(parameters=[LabelsQuery])
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """All labels in one file."""
        return self.reply(request, slug)

    def export(self, project: Project) -> Export:
        tasks = labelled_tasks(project, **_filters(self.parameters))
        return export_labels(project, tasks, with_data="columns" in self.parameters)

    def edition(self, project: Project) -> object | None:
        return edition_of_labels(project)
