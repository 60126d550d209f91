"""/api/v1: appeals of paused workers, and the answers to them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, StrictSerializer, page_of
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.appeals import MAX_TEXT, NoAppeal, answer_appeal, appeal, appeals_in
from crowd.projects.models import Appeal
from crowd.projects.permissions import Permission, project_for, worker_for


class NewAppealSerializer(StrictSerializer):
    text = serializers.CharField(max_length=MAX_TEXT)


class OwnAppealSerializer(serializers.ModelSerializer[Appeal]):
    """A worker's own appeal. Who answered is not told."""

    class Meta:
        model = Appeal
        fields = ("text", "created_at", "answered_at", "answer")


class AppealView(ApiView):
    @extend_schema(operation_id="get_own_appeal", responses=OwnAppealSerializer)
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """Your latest objection to being paused, and the owner's answer once there is one."""
        latest = worker_for(request.user, slug).appeals.order_by("-pk").first()
        if latest is None:
            raise NoAppeal(_("You have not objected to anything here."))
        return Response(OwnAppealSerializer(latest).data)

    @extend_schema(operation_id="appeal", request=NewAppealSerializer, responses={201: OwnAppealSerializer})
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Object to being paused; again only after the owner has answered."""
        worker = worker_for(request.user, slug)
        body = NewAppealSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(OwnAppealSerializer(appeal(worker=worker, **body.validated_data)).data, status=201)


class AppealSerializer(serializers.ModelSerializer[Appeal]):
    worker_id = serializers.IntegerField()
    worker = serializers.CharField(source="worker.display_name")
    answered_by = serializers.EmailField(source="answered_by.email", default=None, allow_null=True)

    class Meta:
        model = Appeal
        fields = ("id", "worker_id", "worker", "text", "created_at", "answered_at", "answered_by", "answer")


class AppealsQuery(PageQuery):
    state = serializers.ChoiceField(choices=["open", "answered"], required=False)


class AppealsView(ApiView):
    query = AppealsQuery

    @extend_schema(operation_id="list_appeals", parameters=[AppealsQuery], responses=page_of(AppealSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """What paused workers have to say."""
        appeals = appeals_in(project_for(request.user, slug, Permission.MANAGE))
        if state := self.parameters.get("state"):
            appeals = appeals.filter(answered_at__isnull=state == "open")
        pages = Pages()
        page = pages.paginate_queryset(appeals, request, view=self)
        return pages.get_paginated_response(AppealSerializer(page, many=True).data)


class AnswerSerializer(StrictSerializer):
    answer = serializers.CharField(max_length=MAX_TEXT)
    resume = serializers.BooleanField(default=False, help_text="Give the worker tasks again.")


class AppealAnswerView(ApiView):
    @extend_schema(operation_id="answer_appeal", request=AnswerSerializer, responses=AppealSerializer)
    @idempotent
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Reply to a paused worker, who reads it, and resume them if that is right."""
        found = get_object_or_404(appeals_in(project_for(request.user, slug, Permission.MANAGE)), pk=pk)
        body = AnswerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answered: Any = answer_appeal(appeal=found, actor=request.user, **body.validated_data)
        return Response(AppealSerializer(answered).data)
