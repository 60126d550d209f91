"""/api/v1: the answers themselves, page by page and as files."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, Query, page_of
from crowd.cursors import next_address
from crowd.etags import unless_known
from crowd.people.authentication import WorkerRequest
from crowd.people.models import Scope
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.exports import Export, TableFileView
from quality.responses.editions import edition_of_responses
from quality.responses.listing import Place, ResponseRows


class ResponsesQuery(Query):
    pseudonyms = serializers.BooleanField(
        default=False, help_text="Workers get names that say nothing, the same ones each time."
    )


class PlaceField(serializers.CharField):
    """Where the page before ended."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return Place.parse(str(data))
        except ValueError as error:
            raise serializers.ValidationError(_("This is no cursor of this list. Follow `next` as it is.")) from error


class ResponsesPageQuery(ResponsesQuery, PageQuery):
    cursor = PlaceField(required=False, trim_whitespace=False)


class ResponseRowSerializer(serializers.Serializer[Any]):
    task = serializers.CharField()
    worker = serializers.CharField()
    answer = serializers.JSONField()
    seconds = serializers.FloatField(allow_null=True)
    received_at = serializers.DateTimeField()
    counted = serializers.BooleanField(
        help_text="Whether it filled one of the answers its task needed. Not so is what came when no more were "
        "needed, from a worker who was paused, or in training."
    )
    voided = serializers.BooleanField(help_text="Whether it was declared worthless.")
    gold = serializers.BooleanField(help_text="Whether the right answer to the task is known: gold, or training.")
    a = serializers.CharField(required=False, help_text="The item `a` of the task; of comparisons only.")
    b = serializers.CharField(required=False)


class ResponsesView(ApiView):
    query = ResponsesPageQuery
    scope = Scope.LABELS

    @extend_schema(
        operation_id="list_responses",
        parameters=[ResponsesPageQuery],
        responses={200: page_of(ResponseRowSerializer), 304: None},
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """The answers themselves, by the names of their tasks. What a worker took back or replaced
        is left out."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_responses(project), lambda: self._page(request, project))

    def _page(self, request: WorkerRequest, project: Project) -> Response:
        rows = ResponseRows(project, pseudonyms=self.parameters["pseudonyms"])
        limit = self.parameters.get("limit", Pages.page_size)
        results, place = rows.page(self.parameters.get("cursor"), limit)
        return Response({"results": results, "next": next_address(request, place)})


class ResponsesFileView(TableFileView):
    """`responses.csv` and its like, one for each format: all answers, streamed."""

    table = "responses"
    query = ResponsesQuery

    @extend_schema(parameters=[ResponsesQuery])
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """All answers in one file. Sent to `responses/import`, or read by `python -m quality`, it
        gives the same labels."""
        return self.reply(request, slug)

    def export(self, project: Project) -> Export:
        return ResponseRows(project, pseudonyms=self.parameters["pseudonyms"]).export()

    def edition(self, project: Project) -> object | None:
        return edition_of_responses(project)
