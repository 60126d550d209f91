"""/api/v1: the ranking of items, page by page and as files. Reads what is stored."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, page_of
from crowd.etags import unless_known
from crowd.people.authentication import WorkerRequest
from crowd.people.models import Scope
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.exports import Export, TableFileView
from quality.intervals import IntervalSerializer
from quality.ranking.listing import edition_of_ranking, export_ranking, ranked_items, require_ranking, row_of


class RankedSerializer(serializers.Serializer[Any]):
    item = serializers.CharField()
    rank = serializers.FloatField(help_text="From 1, the best; items of equal score share the mean of theirs.")
    score = IntervalSerializer(
        help_text="In log odds: an item is better than another with probability 1 / (1 + exp(-difference))."
    )
    comparisons = serializers.IntegerField(help_text="Answers to tasks with this item.")


class PlacePages(Pages):
    ordering = "place"


class RankingView(ApiView):
    query = PageQuery
    scope = Scope.LABELS

    @extend_schema(
        operation_id="list_ranking", parameters=[PageQuery], responses={200: page_of(RankedSerializer), 304: None}
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """The items that tasks compare, best first, as of the last refresh, with 95% intervals of
        their scores. 409 `no_ranking` in projects of other kinds."""
        project = project_for(request.user, slug, Permission.READ)
        require_ranking(project)
        return unless_known(request, edition_of_ranking(project), lambda: self._page(request, project))

    def _page(self, request: WorkerRequest, project: Project) -> Response:
        pages = PlacePages()
        items = pages.paginate_queryset(ranked_items(project), request, view=self)
        return pages.get_paginated_response([row_of(item) for item in items or []])


class RankingFileView(TableFileView):
    """`ranking.csv` and its like, one for each format: all items, streamed."""

    table = "ranking"

    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """All items in one file, best first."""
        return self.reply(request, slug)

    def export(self, project: Project) -> Export:
        return export_ranking(project)

    def edition(self, project: Project) -> object | None:
        require_ranking(project)
        return edition_of_ranking(project)
