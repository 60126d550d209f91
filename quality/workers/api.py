"""/api/v1: the workers of a project, and what owners do about their answers."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, get_args

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, page_of, without_body
from crowd.etags import unless_the_same
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.models import Membership, Project
from crowd.projects.permissions import Permission, project_for
from quality.intervals import IntervalSerializer
from quality.models import ScorePoint, Standing, Voiding
from quality.workers.history import history_of
from quality.workers.rows import FLAGS, HABITS, habits_of, with_habit, workers_of
from quality.workers.voiding import request_voiding
from tasks.queue.exams import ExamState, exam_state


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


class StandingSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Standing.Verdict.choices)
    decided_at = serializers.DateTimeField(allow_null=True)


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
    evidence = serializers.DictField(help_text="What speaks for each flag, in numbers.")
    standing = StandingSerializer(help_text="Whether answers to gold show that the worker is reliable.")
    status = serializers.ChoiceField(choices=Membership.Status.choices)
    pause_reason = serializers.CharField()
    trained = serializers.IntegerField(help_text="Training tasks answered.")
    exam = ExamSerializer()
    skips = SkipTallySerializer()

    def to_representation(self, row: Mapping[str, Any]) -> dict[str, Any]:
        score, standing = _part(row, "score", SCORE), _part(row, "standing", STANDING)
        queue_state: Any = SimpleNamespace(**_part(row, "queue_state", QUEUE_STATE))
        interval = {"value": score["reliability"], "low": score["reliability_low"], "high": score["reliability_high"]}
        state, habits = exam_state(queue_state, self.context["project"]), habits_of(queue_state)
        return {
            "id": row["pk"],
            "worker": row["user__email"] if row["name"] is None else row["name"],
            "responses": score["responses"],
            "reliability": interval,
            "gold": {"right": score["gold_right"], "seen": score["gold_seen"]},
            "confusion": score["confusion"],
            "median_seconds": score["median_seconds"],
            "flags": [*score["flags"], *habits],
            "evidence": score["evidence"] | (_let_go(queue_state) if "lets_go_often" in habits else {}),
            "standing": standing,
            "status": row["status"],
            "pause_reason": row["pause_reason"],
            "trained": queue_state.trained,
            "exam": {"state": state, "score": queue_state.exam_score, "attempts": queue_state.exam_attempt},
            "skips": {"skipped": queue_state.skipped, "handed_out": queue_state.leased},
        }


def _let_go(queue_state: Any) -> dict[str, Any]:
    return {"lets_go_often": {"let_go": queue_state.let_go, "handed_out": queue_state.leased}}


# What is shown of each table, and what stands there before it has a row. Models would take most of
# the time of a page.
SCORE: dict[str, Any] = {"responses": 0, "reliability": None, "reliability_low": None, "reliability_high": None}
SCORE |= {"gold_right": 0, "gold_seen": 0, "confusion": None, "median_seconds": None, "flags": [], "evidence": {}}
STANDING = {"verdict": Standing.Verdict.UNKNOWN, "decided_at": None}
QUEUE_STATE: dict[str, Any] = {"trained": 0, "skipped": 0, "let_go": 0, "leased": 0, "exam_attempt": 0}
QUEUE_STATE |= dict.fromkeys(["exam_score", "exam_passed_at", "exam_again_at"])
PARTS: dict[str, Mapping[str, Any]] = {"score": SCORE, "standing": STANDING, "queue_state": QUEUE_STATE}
SHOWN = ["pk", "name", "user__email", "status", "pause_reason"]
SHOWN += [f"{part}__{name}" for part, names in PARTS.items() for name in names]


def _part(row: Mapping[str, Any], part: str, names: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row[f"{part}__{name}"] for name in names}
    return {name: names[name] if value is None else value for name, value in values.items()}


class WorkersQuery(PageQuery):
    standing = serializers.ChoiceField(choices=Standing.Verdict.choices, required=False)
    flag = serializers.ChoiceField(choices=list(FLAGS), required=False, help_text="Only workers with this flag.")


class WorkersView(ApiView):
    query = WorkersQuery

    @extend_schema(
        operation_id="list_workers", parameters=[WorkersQuery], responses={200: page_of(WorkerSerializer), 304: None}
    )
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """What each worker did, and how far each can be trusted: scores as of the last refresh, the
        rest as of now."""
        project = project_for(request.user, slug, Permission.READ)
        workers = project.memberships.workers().alias(flags_text=Cast("score__flags", TextField()))
        wanted = workers.filter(_wanted(project, self.parameters)).values(*SHOWN)
        pages = Pages()
        page = pages.paginate_queryset(wanted, request, view=self)
        rows = WorkerSerializer(page, many=True, context={"project": project}).data
        return unless_the_same(request, pages.get_paginated_response(rows))


def _wanted(project: Project, parameters: Mapping[str, Any]) -> Q:
    """Which workers of a project are asked for. No database but PostgreSQL finds what is in a list
    of JSON, so that it is sought in its text."""
    wanted = Q()
    if verdict := parameters.get("standing"):
        unknown = Q(standing=None) if verdict == Standing.Verdict.UNKNOWN else Q(pk=None)
        wanted &= Q(standing__verdict=verdict) | unknown
    if flag := parameters.get("flag"):
        skips = Q(pk__in=with_habit(project, flag).values("pk")) if flag in HABITS else Q(pk=None)
        wanted &= Q(flags_text__contains=f'"{flag}"') | skips
    return wanted


class WorkerView(ApiView):
    @extend_schema(operation_id="get_worker", responses={200: WorkerSerializer, 304: None})
    def get(self, request: WorkerRequest, slug: str, pk: int) -> HttpResponseBase:
        """One worker, as in the list."""
        project = project_for(request.user, slug, Permission.READ)
        row = get_object_or_404(project.memberships.workers().values(*SHOWN), pk=pk)
        return unless_the_same(request, Response(WorkerSerializer(row, context={"project": project}).data))


class PointSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    responses = serializers.IntegerField()
    reliability = IntervalSerializer()
    gold = GoldTallySerializer()

    def to_representation(self, point: ScorePoint) -> dict[str, Any]:
        return {
            "day": point.day,
            "responses": point.responses,
            "reliability": {
                "value": point.reliability,
                "low": point.reliability_low,
                "high": point.reliability_high,
            },
            "gold": {"right": point.gold_right, "seen": point.gold_seen},
        }


class Days(Pages):
    ordering = "-day"


class HistoryView(ApiView):
    query = PageQuery

    @extend_schema(
        operation_id="get_worker_history",
        parameters=[PageQuery],
        responses={200: page_of(PointSerializer), 304: None},
    )
    def get(self, request: WorkerRequest, slug: str, pk: int) -> HttpResponseBase:
        """How far the worker could be trusted at the end of each day (UTC), by all answers until
        then, the newest day first. Days on which nothing changed are left out."""
        worker = get_object_or_404(project_for(request.user, slug, Permission.READ).memberships.workers(), pk=pk)
        pages = Days()
        page = pages.paginate_queryset(history_of(worker), request, view=self)
        return unless_the_same(request, pages.get_paginated_response(PointSerializer(page, many=True).data))


class VoidingSerializer(serializers.ModelSerializer[Voiding]):
    """What became of the request. `responses` is how many answers it is about."""

    class Meta:
        model = Voiding
        fields = ("action", "state", "responses", "finished_at")


def _worker(request: WorkerRequest, slug: str, pk: int, permission: Permission) -> Membership:
    worker: Membership = get_object_or_404(workers_of(project_for(request.user, slug, permission)), pk=pk)
    return worker


def _asked(request: WorkerRequest, worker: Membership, action: str) -> Response:
    voiding = request_voiding(worker=worker, actor=request.user, action=action)
    return Response(VoidingSerializer(voiding).data, status=200 if voiding.state == Voiding.State.DONE else 202)


ASKED = {200: VoidingSerializer, 202: VoidingSerializer}


class VoidView(ApiView):
    @extend_schema(operation_id="get_voiding", responses=VoidingSerializer)
    def get(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """The last time that a worker's answers were declared worthless, or that this was taken
        back."""
        worker = _worker(request, slug, pk, Permission.READ)
        return Response(VoidingSerializer(get_object_or_404(worker.voidings.order_by("-pk")[:1])).data)

    @extend_schema(operation_id="void_worker", request=None, responses=ASKED)
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Declare all that a worker has answered worthless, and have the tasks answered by others
        instead. Many answers take a while: 202, and `GET` tells when it is done. It can be taken
        back."""
        return _asked(request, _worker(request, slug, pk, Permission.MANAGE), Voiding.Action.VOID)


class RestoreView(ApiView):
    @extend_schema(operation_id="restore_worker", request=None, responses=ASKED)
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Take that back. Where others have answered meanwhile, an answer is kept as surplus."""
        return _asked(request, _worker(request, slug, pk, Permission.MANAGE), Voiding.Action.RESTORE)
