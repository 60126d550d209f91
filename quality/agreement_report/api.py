"""/api/v1: the parts of agreement: of each class, of every two workers, and over time. Reads what
is stored."""

from collections.abc import Sequence
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from crowd.api import MAX_PAGE, ApiView, PageQuery, Pages, Query, page_of
from crowd.etags import unless_known, unless_the_same
from crowd.people.authentication import WorkerRequest
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.agreement_report.history import agreement_points
from quality.agreement_report.reading import class_rows, pair_rows, stored_parts, worker_names
from quality.intervals import IntervalSerializer
from quality.kinds.protocol import consensus_kind
from quality.labels.editions import edition_of_figures
from quality.labels.summaries import UNMEASURED
from quality.models import Summary


class CountsSerializer(serializers.Serializer[Any]):
    tasks = serializers.IntegerField()
    responses = serializers.IntegerField()
    workers = serializers.IntegerField()


class SideSerializer(serializers.Serializer[Any]):
    first = IntervalSerializer(help_text="The share of answers that chose the side which stood first.")
    answers = serializers.IntegerField(help_text="Answers given here that are no ties.")


class SideOfWorkerSerializer(SideSerializer):
    id = serializers.IntegerField()


class PositionSerializer(SideSerializer):
    """Whoever looks chooses the first side half of the time: chance puts the items there."""

    workers = SideOfWorkerSerializer(many=True)


class AgreementSerializer(serializers.Serializer[Any]):
    krippendorff_alpha = IntervalSerializer()
    fleiss_kappa = IntervalSerializer()
    gwet_ac1 = IntervalSerializer()
    percent_agreement = IntervalSerializer()
    counts = CountsSerializer()
    position = PositionSerializer(required=False, help_text="Of comparisons only.")


class AgreementView(ApiView):
    @extend_schema(operation_id="get_agreement", responses={200: AgreementSerializer, 304: None})
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """How far workers agree beyond chance, as of the last refresh, with 95% intervals."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_figures(project), lambda: Response(_agreement(project)))


def _agreement(project: Project) -> dict[str, Any]:
    return Summary.objects.filter(project=project).values_list("agreement", flat=True).first() or UNMEASURED


class PlaceQuery(Query):
    """Pages of a list that is stored as a whole: the cursor is a place in it."""

    limit = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=Pages.page_size)
    cursor = serializers.IntegerField(min_value=0, max_value=2**31, default=0)


class PairsQuery(PlaceQuery):
    worker = serializers.IntegerField(required=False, help_text="Only the pairs of this worker, by id.")


class MixedUpSerializer(serializers.Serializer[Any]):
    pairs = serializers.IntegerField(help_text="Pairs of answers to one task, one of each class.")
    tasks = serializers.IntegerField(help_text="Tasks with answers of both classes.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"class": serializers.CharField(), **super().get_fields()}


class LabelsOfClassSerializer(serializers.Serializer[Any]):
    """How often those who answered tasks with this label gave it."""

    tasks = serializers.IntegerField()
    answers = serializers.IntegerField()
    right = serializers.IntegerField()


class ClassAgreementSerializer(serializers.Serializer[Any]):
    fleiss_kappa = IntervalSerializer(help_text="Of this class against all others together.")
    krippendorff_alpha = IntervalSerializer(help_text="Of this class against all others together.")
    answers = serializers.IntegerField()
    tasks = serializers.IntegerField(help_text="Tasks with two answers or more, of which one is this class.")
    agreeing_pairs = serializers.IntegerField(help_text="Pairs of answers to one task, both of this class.")
    disagreeing_pairs = serializers.IntegerField(help_text="Pairs of answers to one task, one of them of this class.")
    labels = LabelsOfClassSerializer()
    mixed_up_with = MixedUpSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"class": serializers.CharField(), **super().get_fields()}


class OneOfTwoSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    worker = serializers.CharField()


class PairAgreementSerializer(serializers.Serializer[Any]):
    workers = OneOfTwoSerializer(many=True)
    tasks = serializers.IntegerField(help_text="Tasks that both answered, as far as they were compared.")
    percent_agreement = serializers.FloatField()
    cohen_kappa = IntervalSerializer()


class AgreementPointSerializer(AgreementSerializer):
    day = serializers.DateField()


def _classes(project: Project) -> list[dict[str, Any]]:
    names = [each.cell for each in consensus_kind(project).options(project.schema)]
    return class_rows(stored_parts(project), names)


class ClassAgreementView(ApiView):
    query = PlaceQuery

    @extend_schema(
        operation_id="list_class_agreement",
        parameters=[PlaceQuery],
        responses={200: page_of(ClassAgreementSerializer), 304: None},
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """How far workers agree on each class beyond chance, as of the last refresh, and what they
        mix it up with."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(
            request,
            edition_of_figures(project),
            lambda: _part_of(_classes(project), request, self.parameters),
        )


class PairAgreementView(ApiView):
    query = PairsQuery

    @extend_schema(
        operation_id="list_pair_agreement",
        parameters=[PairsQuery],
        responses={200: page_of(PairAgreementSerializer), 304: None},
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """How far every two workers agree, as of the last refresh: of the 50 who share most tasks
        with others, those with ten tasks in common. The pairs that share most come first."""
        project = project_for(request.user, slug, Permission.READ)
        parts = stored_parts(project)
        rows = pair_rows(parts, worker_names(project, parts), self.parameters.get("worker"))
        return unless_the_same(request, _part_of(rows, request, self.parameters))


class DayPages(Pages):
    ordering = "day"


class AgreementHistoryView(ApiView):
    query = PageQuery

    @extend_schema(
        operation_id="list_agreement_history",
        parameters=[PageQuery],
        responses={200: page_of(AgreementPointSerializer), 304: None},
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """How far workers agreed at the end of each day (UTC) on which labels were worked out, for
        up to 366 days."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_figures(project), lambda: self._page(request, project))

    def _page(self, request: WorkerRequest, project: Project) -> Response:
        pages = DayPages()
        points = agreement_points(project)
        page = pages.paginate_queryset(points, request, view=self)
        return pages.get_paginated_response([{"day": each.day, **each.agreement} for each in page or []])


def _part_of(rows: Sequence[Any], request: WorkerRequest, parameters: Any) -> Response:
    start, end = parameters["cursor"], parameters["cursor"] + parameters["limit"]
    following = replace_query_param(request.build_absolute_uri(), "cursor", end) if end < len(rows) else None
    return Response({"results": rows[start:end], "next": following})
