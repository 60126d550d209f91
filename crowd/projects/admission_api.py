"""/api/v1/projects/…/invite-links and /skills: who may come in, and who has shown what."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, StrictSerializer, page_of
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects import invite_links
from crowd.projects.models import InviteLink, SkillGrant
from crowd.projects.permissions import Permission, project_for
from crowd.projects.skills import grant_skill_by_hand, revoke_skill

MAX_DAYS = 365
MAX_USES = 100_000


class NewInviteLinkSerializer(StrictSerializer):
    expires_days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=14)
    uses = serializers.IntegerField(
        min_value=1, max_value=MAX_USES, default=None, allow_null=True, help_text="How many may join; null is no limit."
    )


class InviteLinkSerializer(serializers.ModelSerializer[InviteLink]):
    url = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=InviteLink.State.choices)

    class Meta:
        model = InviteLink
        fields = ("id", "url", "state", "created_at", "expires_at", "uses_left")

    def get_url(self, link: InviteLink) -> str:
        url: str = self.context["request"].build_absolute_uri(invite_links.link_path(link))
        return url


class InviteLinksView(ApiView):
    query = PageQuery

    @extend_schema(operation_id="list_invite_links", parameters=[PageQuery], responses=page_of(InviteLinkSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """The links that were not revoked."""
        project = project_for(request.user, slug, Permission.MANAGE)
        pages = Pages()
        standing = pages.paginate_queryset(project.invite_links.standing(), request, view=self)
        shown = InviteLinkSerializer(standing, many=True, context={"request": request})
        return pages.get_paginated_response(shown.data)

    @extend_schema(
        operation_id="make_invite_link", request=NewInviteLinkSerializer, responses={201: InviteLinkSerializer}
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """A link by which people make themselves workers of the project, with an account they have
        or make."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = NewInviteLinkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        link = invite_links.make_link(project=project, actor=request.user, **body.validated_data)
        return Response(InviteLinkSerializer(link, context={"request": request}).data, status=201)


class InviteLinkView(ApiView):
    @extend_schema(operation_id="revoke_invite_link", responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Nobody joins by it any more; who has joined stays."""
        project = project_for(request.user, slug, Permission.MANAGE)
        invite_links.revoke_link(link=get_object_or_404(project.invite_links, pk=pk), actor=request.user)
        return Response(status=204)


class SkillGrantSerializer(serializers.ModelSerializer[SkillGrant]):
    email = serializers.EmailField(source="user.email")
    skill = serializers.CharField(source="name", help_text="As other projects require it.")

    class Meta:
        model = SkillGrant
        fields = ("id", "email", "skill", "granted_at")


class NewSkillGrantSerializer(StrictSerializer):
    email = serializers.EmailField()


class SkillsView(ApiView):
    query = PageQuery

    @extend_schema(operation_id="list_skills", parameters=[PageQuery], responses=page_of(SkillGrantSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """Who has a skill that this project granted, under its present name or an earlier one."""
        project = project_for(request.user, slug, Permission.MANAGE)
        pages = Pages()
        granted = project.skill_grants.standing().select_related("user")
        shown = SkillGrantSerializer(pages.paginate_queryset(granted, request, view=self), many=True)
        return pages.get_paginated_response(shown.data)

    @extend_schema(operation_id="grant_skill", request=NewSkillGrantSerializer, responses={201: SkillGrantSerializer})
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Give a member the project's `granted_skill` without an exam; again changes nothing."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = NewSkillGrantSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        grant = grant_skill_by_hand(project=project, actor=request.user, **body.validated_data)
        return Response(SkillGrantSerializer(grant).data, status=201)


class SkillView(ApiView):
    @extend_schema(operation_id="revoke_skill", responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Take the skill away. Projects that require it give this worker no more tasks."""
        project = project_for(request.user, slug, Permission.MANAGE)
        granted = project.skill_grants.select_related("user")
        revoke_skill(grant=get_object_or_404(granted, pk=pk), actor=request.user)
        return Response(status=204)
