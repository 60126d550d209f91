"""/api/v1/projects and their members."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, StrictSerializer, page_of, without_body
from crowd.people.accounts import how_to_confirm, invitation_path
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.people.models import User
from crowd.people.quotas import spend
from crowd.projects import membership as members
from crowd.projects import ownership
from crowd.projects.allow_list import MAX_ENTRIES, AllowListField
from crowd.projects.answer_kinds import kind_of, registered
from crowd.projects.deletion import delete_project
from crowd.projects.models import MAX_PAUSE_REASON, Membership, Project, Role, WaitingMember
from crowd.projects.permissions import Permission, needed_to_handle, permissions_in, project_for, projects_where
from crowd.projects.policy import PolicySerializer, policy_of, refuse_unknown_method
from crowd.projects.schema import SchemaField, shown

ALLOW_LIST_HELP = (
    "Addresses, and domains as @example.org, of those who may become workers; empty admits everybody who has a link."
)


class ProjectSerializer(StrictSerializer):
    """A project. Given, its context names the `user` who makes it; shown, what the person who looks
    `may` do in each, which is left out for who manages it."""

    slug = serializers.SlugField(max_length=80, required=False)
    name = serializers.CharField(max_length=200)
    instructions = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    schema = SchemaField()
    quality = PolicySerializer(required=False)
    allow_list = AllowListField(required=False, max_length=MAX_ENTRIES, help_text=ALLOW_LIST_HELP)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown_method(attrs.get("quality", {}), registered()[attrs["schema"]["type"]])
        return attrs

    def to_representation(self, project: Project) -> dict[str, Any]:
        """Workers are not told the policy: how often gold comes, and when a task is done, is for
        those who set it. Addresses are for those who may change the list of them."""
        fields = {name: getattr(project, name) for name in ("slug", "name", "instructions")}
        fields["schema"] = shown(project.schema)
        may = self.context["may"][project.pk] if "may" in self.context else Permission
        if Permission.READ in may:
            fields["quality"] = policy_of(project)
        if Permission.MANAGE in may:
            fields["allow_list"] = project.allow_list
        return fields


class ProjectChangeSerializer(StrictSerializer):
    """Changes to the `project` of the context, by its `user`."""

    name = serializers.CharField(max_length=200, required=False)
    instructions = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    schema = SchemaField(required=False)
    quality = serializers.DictField(required=False, help_text="Single settings of the policy.")
    allow_list = AllowListField(required=False, max_length=MAX_ENTRIES, help_text=ALLOW_LIST_HELP)

    def validate_quality(self, value: dict[str, Any]) -> dict[str, Any]:
        project: Project = self.context["project"]
        context = {"user": self.context["user"], "slug": project.slug}
        policy = PolicySerializer(policy_of(project), data=value, partial=True, context=context)
        policy.is_valid(raise_exception=True)
        changes: dict[str, Any] = policy.validated_data
        return changes

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown_method(attrs.get("quality", {}), kind_of(self.context["project"]))
        return attrs


class ProjectsView(ApiView):
    query = PageQuery
    max_body = settings.BULK_BODY_MAX_BYTES  # of classes there may be tens of thousands

    @extend_schema(operation_id="list_projects", parameters=[PageQuery], responses=page_of(ProjectSerializer))
    def get(self, request: WorkerRequest) -> Response:
        """The projects you are a member of."""
        pages = Pages()
        projects = pages.paginate_queryset(projects_where(request.user, Permission.SEE), request, view=self)
        context = {"may": permissions_in(projects or [], request.user)}
        return pages.get_paginated_response(ProjectSerializer(projects, many=True, context=context).data)

    @extend_schema(operation_id="create_project", request=ProjectSerializer, responses={201: ProjectSerializer})
    @idempotent
    def post(self, request: WorkerRequest) -> Response:
        """A new project, with you as its owner. The site's setting says who may make one."""
        ownership.refuse_unless_maker(request.user)
        spend("projects", request.user)
        body = ProjectSerializer(data=request.data, context={"user": request.user})
        body.is_valid(raise_exception=True)
        project = ownership.create_project(owner=request.user, **body.validated_data)
        return Response(ProjectSerializer(project).data, status=201)


class ProjectView(ApiView):
    max_body = settings.BULK_BODY_MAX_BYTES

    @extend_schema(operation_id="get_project", responses=ProjectSerializer)
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """The project, as its members see it."""
        project = project_for(request.user, slug, Permission.SEE)
        context = {"may": permissions_in([project], request.user)}
        return Response(ProjectSerializer(project, context=context).data)

    @extend_schema(operation_id="change_project", request=ProjectChangeSerializer, responses=ProjectSerializer)
    def patch(self, request: WorkerRequest, slug: str) -> Response:
        """Change what is given; everything else stays."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = ProjectChangeSerializer(data=request.data, context={"project": project, "user": request.user})
        body.is_valid(raise_exception=True)
        project = ownership.change_project(project=project, actor=request.user, changes=dict(body.validated_data))
        return Response(ProjectSerializer(project).data)

    @extend_schema(operation_id="delete_project", responses={202: None})
    def delete(self, request: WorkerRequest, slug: str) -> Response:
        """Delete the project with its tasks, answers and labels. It is gone at once, and its slug
        free again; what it held is removed in the background. There is no way back."""
        delete_project(project=project_for(request.user, slug, Permission.OWN), actor=request.user)
        return Response(status=202)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    email = serializers.EmailField(source="user.email", default=None, allow_null=True)

    class Meta:
        model = Membership
        fields = ("id", "email", "name", "role", "status", "pause_reason", "paused_at")


class InvitedMemberSerializer(MemberSerializer):
    invitation_url = serializers.URLField(required=False, help_text="For a new account: where it chooses a password.")

    class Meta(MemberSerializer.Meta):
        fields = (*MemberSerializer.Meta.fields, "invitation_url")  # type: ignore[assignment]


class WaitingMemberSerializer(serializers.ModelSerializer[WaitingMember]):
    """Somebody whose role waits until their address is confirmed."""

    email = serializers.EmailField(source="user.email")
    how_to_confirm = serializers.SerializerMethodField()

    class Meta:
        model = WaitingMember
        fields = ("id", "email", "role", "created_at", "how_to_confirm")

    def get_how_to_confirm(self, waiting: WaitingMember) -> str:
        return how_to_confirm(waiting.user.email, mailed=True)


class NewMemberSerializer(StrictSerializer):
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Role.choices)


class MemberChangeSerializer(StrictSerializer):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    status = serializers.ChoiceField(choices=Membership.Status.choices, required=False)
    pause_reason = serializers.CharField(
        max_length=MAX_PAUSE_REASON,
        required=False,
        allow_blank=True,
        help_text="What the worker is told: with `paused`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "pause_reason" in attrs and attrs.get("status") != Membership.Status.PAUSED:
            message = _("A reason goes with the status paused.")
            raise serializers.ValidationError({"pause_reason": serializers.ErrorDetail(message, code="not_paused")})
        return attrs


def project_to_staff(user: User, slug: str, roles: set[str]) -> Project:
    """The project, to somebody who may handle members with these roles: managers may handle
    workers, owners all."""
    return project_for(user, slug, needed_to_handle(*roles))


def membership_for_staff(user: User, slug: str, pk: int, new_role: str | None = None) -> Membership:
    """The membership, to somebody who may handle it, and give it this role."""
    project = project_for(user, slug, Permission.MANAGE)
    membership: Membership = get_object_or_404(project.memberships.select_related("user", "project"), pk=pk)
    project_to_staff(user, slug, {membership.role, new_role or membership.role})
    return membership


class MembersView(ApiView):
    query = PageQuery

    @extend_schema(operation_id="list_members", parameters=[PageQuery], responses=page_of(MemberSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """Who is a member, and as what."""
        everybody = project_for(request.user, slug, Permission.READ).memberships.select_related("user")
        pages = Pages()
        return pages.get_paginated_response(
            MemberSerializer(pages.paginate_queryset(everybody, request, view=self), many=True).data
        )

    @extend_schema(
        operation_id="add_member",
        request=NewMemberSerializer,
        responses={201: InvitedMemberSerializer, 202: WaitingMemberSerializer},
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Make a person a member. For an address without an account, one is made, and the reply
        carries a link for you to hand on, by which its owner chooses a password. A role above
        worker, a place in a project with an allow-list, and a place for an account that exists wait
        (202) until the address is confirmed."""
        body = NewMemberSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        project = project_to_staff(request.user, slug, {body.validated_data["role"]})
        member, invited = members.add_member(project=project, actor=request.user, **body.validated_data)
        if isinstance(member, WaitingMember):
            return Response(WaitingMemberSerializer(member).data, status=202)
        data: dict[str, Any] = dict(MemberSerializer(member).data)
        if invited and member.user:
            data["invitation_url"] = request.build_absolute_uri(invitation_path(member.user))
        return Response(data, status=201)


class MemberView(ApiView):
    @extend_schema(operation_id="change_member", request=MemberChangeSerializer, responses=MemberSerializer)
    def patch(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Give another role, pause a worker, or resume one."""
        body = MemberChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        membership = membership_for_staff(request.user, slug, pk, body.validated_data.get("role"))
        membership = members.change_member(membership=membership, actor=request.user, **body.validated_data)
        return Response(MemberSerializer(membership).data)

    @extend_schema(operation_id="remove_member", responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """End a membership. What the person answered stays."""
        members.remove_member(membership=membership_for_staff(request.user, slug, pk), actor=request.user)
        return Response(status=204)


class InvitationSerializer(serializers.Serializer[Any]):
    invitation_url = serializers.URLField()


class InvitationView(ApiView):
    @extend_schema(operation_id="renew_invitation", request=None, responses={201: InvitationSerializer})
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """A new invitation link for a member who has not chosen a password; earlier ones work no
        longer."""
        membership = membership_for_staff(request.user, slug, pk)
        path = members.renew_invitation(membership=membership, actor=request.user)
        return Response({"invitation_url": request.build_absolute_uri(path)}, status=201)


class WaitingMembersView(ApiView):
    query = PageQuery

    @extend_schema(
        operation_id="list_waiting_members", parameters=[PageQuery], responses=page_of(WaitingMemberSerializer)
    )
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """Those who become members as soon as their address is confirmed."""
        waiting = project_for(request.user, slug, Permission.READ).waiting_members.select_related("user")
        pages = Pages()
        return pages.get_paginated_response(
            WaitingMemberSerializer(pages.paginate_queryset(waiting, request, view=self), many=True).data
        )


def waiting_for_staff(user: User, slug: str, pk: int) -> WaitingMember:
    """Who waits, to somebody who may give the role that they wait for."""
    project = project_for(user, slug, Permission.MANAGE)
    waiting: WaitingMember = get_object_or_404(project.waiting_members.select_related("user", "project"), pk=pk)
    project_to_staff(user, slug, {waiting.role})
    return waiting


class WaitingMemberView(ApiView):
    @extend_schema(operation_id="withdraw_waiting_member", responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """They do not become a member."""
        members.withdraw_waiting(waiting=waiting_for_staff(request.user, slug, pk), actor=request.user)
        return Response(status=204)
