"""/api/v1: the workers of a project, and what owners do about their answers."""

from typing import Any, get_args

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, page_of
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.models import MANAGERS, REVIEWERS, Membership, Role, project_for
from quality.api import IntervalSerializer
from quality.models import Voiding
from quality.voiding import request_voiding
from quality.workers import desk_of, flags_of, score_of, workers_of
from tasks.exams import ExamState, exam_state


class GoldTallySerializer(serializers.Serializer[Any]):
    right = serializers.IntegerField()
    seen = serializers.IntegerField()


class SkipTallySerializer(serializers.Serializer[Any]):
    skipped = serializers.IntegerField()
    handed_out = serializers.IntegerField()


class ExamSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=get_args(ExamState))
    score = serializers.FloatField(allow_null=True, help_text="Of the last attempt that is over.")
    attempts = serializers.IntegerField(help_text="Begun so far.")


class WorkerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    worker = serializers.CharField()
    responses = serializers.IntegerField()
    reliability = IntervalSerializer()
    gold = GoldTallySerializer()
    confusion = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        allow_null=True,
        help_text="Rows are the true class, columns the answer, both in the order of the schema's classes.",
    )
    median_seconds = serializers.FloatField(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=Membership.Status.choices)
    pause_reason = serializers.CharField()
    trained = serializers.IntegerField(help_text="Training tasks answered.")
    exam = ExamSerializer()
    skips = SkipTallySerializer()

    def to_representation(self, worker: Membership) -> dict[str, Any]:
        score, desk = score_of(worker), desk_of(worker)
        interval = {"value": score.reliability, "low": score.reliability_low, "high": score.reliability_high}
        state = exam_state(desk, worker.project)
        return {
            "id": worker.pk,
            "worker": worker.display_name,
            "responses": score.responses,
            "reliability": interval,
            "gold": {"right": score.gold_right, "seen": score.gold_seen},
            "confusion": score.confusion,
            "median_seconds": score.median_seconds,
            "flags": flags_of(worker),
            "status": worker.status,
            "pause_reason": worker.pause_reason,
            "trained": desk.trained,
            "exam": {"state": state, "score": desk.exam_score, "attempts": desk.exam_attempt},
            "skips": {"skipped": desk.skipped, "handed_out": desk.leased},
        }


class WorkersView(ApiView):
    query = PageQuery

    @extend_schema(operation_id="list_workers", parameters=[PageQuery], responses=page_of(WorkerSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """What each worker did, and how far each can be trusted: scores as of the last refresh, the rest as of now."""
        workers = workers_of(project_for(request.user, slug, REVIEWERS))
        pages = Pages()
        page = pages.paginate_queryset(workers, request, view=self)
        return pages.get_paginated_response(WorkerSerializer(page, many=True).data)


class VoidingSerializer(serializers.ModelSerializer[Voiding]):
    """What became of the wish. `responses` is how many answers it is about."""

    class Meta:
        model = Voiding
        fields = ("action", "state", "responses", "finished_at")


def _worker(request: WorkerRequest, slug: str, pk: int, roles: frozenset[Role]) -> Membership:
    worker: Membership = get_object_or_404(workers_of(project_for(request.user, slug, roles)), pk=pk)
    return worker


def _asked(request: WorkerRequest, worker: Membership, action: str) -> Response:
    voiding = request_voiding(worker=worker, actor=request.user, action=action)
    return Response(VoidingSerializer(voiding).data, status=200 if voiding.state == Voiding.State.DONE else 202)


ASKED = {200: VoidingSerializer, 202: VoidingSerializer}


class VoidView(ApiView):
    @extend_schema(operation_id="get_voiding", responses=VoidingSerializer)
    def get(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """The last time that a worker's answers were declared worthless, or that this was taken back."""
        worker = _worker(request, slug, pk, REVIEWERS)
        return Response(VoidingSerializer(get_object_or_404(worker.voidings.order_by("-pk")[:1])).data)

    @extend_schema(operation_id="void_worker", request=None, responses=ASKED)
    @idempotent
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Declare all that a worker has answered worthless, and have the tasks answered by others instead. Many answers
        take a while: 202, and `GET` tells when it is done. It can be taken back."""
        return _asked(request, _worker(request, slug, pk, MANAGERS), Voiding.Action.VOID)


class RestoreView(ApiView):
    @extend_schema(operation_id="restore_worker", request=None, responses=ASKED)
    @idempotent
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Take that back. Where others have answered meanwhile, an answer is kept as surplus."""
        return _asked(request, _worker(request, slug, pk, MANAGERS), Voiding.Action.RESTORE)
