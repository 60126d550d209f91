"""/api/v1: asking for labels now, and following what becomes of it."""

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, without_body
from crowd.etags import unless_the_same
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.people.quotas import spend
from crowd.projects.permissions import Permission, project_for
from quality.labels.requests import request_refresh
from quality.models import Refresh


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
