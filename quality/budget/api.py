"""/api/v1: what a project's answers have cost and will cost, and what another policy would have
made of them."""

from typing import Any

from django.conf import settings
from django.core.files import File
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, StrictJSONParser, StrictSerializer, page_of
from crowd.etags import unless_known, unless_the_same
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.people.quotas import spend
from crowd.projects.knobs import MAX_RESPONSES
from crowd.projects.models import Order
from crowd.projects.permissions import Permission, project_for
from crowd.projects.policy import MethodField
from quality.budget.measuring import read_budget
from quality.budget.rehearsals import sentence
from quality.budget.replay_votes import table_text
from quality.budget.replays import request_replay
from quality.formats.registry import FORMATS
from quality.intervals import IntervalSerializer
from quality.labels.editions import edition_of_figures
from quality.models import Replay
from tasks.intake.bodies import parsers_of


class ByAnswersSerializer(serializers.Serializer[Any]):
    answers = serializers.IntegerField()
    settled = serializers.IntegerField()
    disputed = serializers.IntegerField()


class ToComeSerializer(IntervalSerializer):
    level = serializers.FloatField(help_text="How probable it is that the number lies in the interval.")


class PaceSerializer(serializers.Serializer[Any]):
    per_hour = serializers.FloatField(help_text="Answers to ordinary tasks an hour, over the last day at most.")
    since = serializers.DateTimeField()


class ForecastSerializer(serializers.Serializer[Any]):
    open = serializers.IntegerField(help_text="Ordinary tasks that are still to be answered.")
    learnt_from = serializers.IntegerField(help_text="Decided tasks that it was learnt from.")
    answers = ToComeSerializer(allow_null=True)
    pace = PaceSerializer(allow_null=True)
    hours = IntervalSerializer(allow_null=True, help_text="If the pace stays what it is.")


class BudgetSerializer(serializers.Serializer[Any]):
    bought = serializers.IntegerField(help_text="Answers to ordinary tasks so far.")
    tests = serializers.IntegerField(help_text="Answers to gold.")
    decided = serializers.IntegerField(help_text="Ordinary tasks that the policy has decided.")
    decided_bought = serializers.IntegerField(help_text="Answers to these.")
    fixed = serializers.IntegerField(help_text="Answers that max_responses for each of these would have cost.")
    saved = serializers.IntegerField()
    by_answers = ByAnswersSerializer(many=True)
    forecast = ForecastSerializer()


class BudgetView(ApiView):
    @extend_schema(operation_id="get_budget", responses={200: BudgetSerializer, 304: None})
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """Answers bought, saved against fixed redundancy, and still to come, as of the last fit."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_figures(project), lambda: Response(read_budget(project)))


class ReplayedPolicySerializer(StrictSerializer):
    """What is left out is as in the project."""

    min_responses = serializers.IntegerField(min_value=1, max_value=MAX_RESPONSES, required=False)
    max_responses = serializers.IntegerField(min_value=1, max_value=MAX_RESPONSES, required=False)
    target_confidence = serializers.FloatField(min_value=0.5, max_value=1.0, required=False)
    method = MethodField(required=False)
    order = serializers.ChoiceField(choices=Order.choices, required=False, help_text="Which task comes next.")


class ReplayRequestSerializer(StrictSerializer):
    policy = ReplayedPolicySerializer(required=False, default=dict)
    votes = serializers.CharField(
        required=False,
        allow_null=True,
        default=None,
        trim_whitespace=False,
        help_text="CSV of task, worker, answer and, where it is known, truth. Left out: the project's own answers.",
    )


class ReplaysQuery(PageQuery, ReplayedPolicySerializer):
    """The policy is for a body of `text/csv`, which has no room for it."""


class ReplaySerializer(serializers.ModelSerializer[Replay]):
    result = serializers.SerializerMethodField()

    class Meta:
        model = Replay
        fields = ("id", "state", "policy", "done", "total", "result", "error", "requested_at", "finished_at")

    def get_result(self, replay: Replay) -> dict[str, Any] | None:
        if replay.state != Replay.State.DONE:
            return None
        return {**replay.result, "sentence": sentence(replay.result)}


class NewestFirst(Pages):
    ordering = "-pk"


class ReplaysView(ApiView):
    query = ReplaysQuery
    max_body = settings.UPLOAD_MAX_BYTES
    parser_classes = (StrictJSONParser, *parsers_of(FORMATS["csv"]))

    @extend_schema(operation_id="list_replays", parameters=[PageQuery], responses=page_of(ReplaySerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """The latest replays, the newest first."""
        project = project_for(request.user, slug, Permission.READ)
        pages = NewestFirst()
        found = pages.paginate_queryset(project.replays.defer("votes"), request, view=self)
        return pages.get_paginated_response(ReplaySerializer(found, many=True).data)

    @extend_schema(
        operation_id="request_replay",
        parameters=[ReplaysQuery],
        request={"application/json": ReplayRequestSerializer, FORMATS["csv"].media_type: OpenApiTypes.STR},
        responses={202: ReplaySerializer},
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Have recorded answers played as if another policy had decided when to ask for one more.

        Follow `GET …/replays/{id}` until its state is `done`. With `text/csv` the policy is in the
        query string.
        """
        project = project_for(request.user, slug, Permission.MANAGE)
        if isinstance(request.data, File):
            policy = {name: value for name, value in self.parameters.items() if name not in PageQuery().fields}
            votes: str | None = table_text(request.data)
        else:
            body = ReplayRequestSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            policy, votes = body.validated_data["policy"], body.validated_data["votes"]
        spend("replays", request.user, project.pk)
        replay = request_replay(project=project, actor=request.user, policy=policy, votes=votes)
        replay.refresh_from_db()
        return Response(ReplaySerializer(replay).data, status=202)


class ReplayView(ApiView):
    @extend_schema(operation_id="get_replay", responses={200: ReplaySerializer, 304: None})
    def get(self, request: WorkerRequest, slug: str, pk: int) -> HttpResponseBase:
        """How far a replay is; once done, what the policy would have cost, and lost."""
        project = project_for(request.user, slug, Permission.READ)
        replay = get_object_or_404(project.replays.defer("votes"), pk=pk)
        return unless_the_same(request, Response(ReplaySerializer(replay).data))
