"""/api/v1: work out to the workers, and the pictures they look at."""

from typing import Any, get_args

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response as Reply

from crowd.api import ApiView, Query, StrictSerializer, without_body
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.permissions import Permission, project_for, worker_for
from crowd.projects.policy import MAX_OPEN_LEASES
from tasks.errors import AssignmentNotFound, NoImage
from tasks.models import Assignment, Image, Task
from tasks.queue import leases
from tasks.queue.leases import extend, hand_back
from tasks.queue.leasing import lease_in_project
from tasks.queue.visits import Reason
from tasks.responses.submit import Submitted, submit_response
from tasks.responses.undo import skip, take_back


class LeaseSerializer(StrictSerializer):
    count = serializers.IntegerField(min_value=1, max_value=MAX_OPEN_LEASES, default=1)


TIME = serializers.DateTimeField()


class AssignmentSerializer(serializers.Serializer[Any]):
    """What a worker may know of a task: never its id, nor whether it is gold, nor how many have answered it."""

    token = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]
    expires_at = serializers.DateTimeField()
    suggestion = serializers.CharField(
        required=False, allow_null=True, help_text="What a model predicts; only where the project shows that."
    )

    def to_representation(self, assignment: Assignment) -> dict[str, Any]:
        task = assignment.task
        image = {"image": assignment.image_path} if task.image_id else {}
        expires_at = TIME.to_representation(assignment.expires_at)
        suggestion = {} if assignment.predicted is None else {"suggestion": assignment.suggestion}
        return {"token": assignment.token, "data": {**task.data, **image}, "expires_at": expires_at, **suggestion}


class LeasedSerializer(serializers.Serializer[Any]):
    assignments = AssignmentSerializer(many=True)
    reason = serializers.ChoiceField(choices=get_args(Reason), allow_null=True)


class AssignmentsView(ApiView):
    reads_count = False

    @extend_schema(operation_id="list_assignments", responses=LeasedSerializer)
    def get(self, request: WorkerRequest, slug: str) -> Reply:
        """The tasks you hold and have not answered: where to go on after a break."""
        worker = worker_for(request.user, slug)
        held = worker.assignments.filter(state=Assignment.State.LIVE).select_related("task")
        held = held.order_by("leased_at", "token")  # which, being random, does not tell gold from other tasks
        return Reply({"assignments": AssignmentSerializer(held, many=True).data, "reason": None})

    @extend_schema(operation_id="lease_assignments", request=LeaseSerializer, responses=LeasedSerializer)
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Reply:
        """Lease the next tasks. An empty list says why: `no_tasks`; `quota` and `pace`, the limits of the project;
        `paused`; `skill`, one that the project requires; `exam`, one to wait for or failed for good."""
        body = LeaseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Reply(_leased(*lease_in_project(user=request.user, slug=slug, **body.validated_data)))


def _leased(assignments: list[Assignment], reason: Reason | None) -> dict[str, Any]:
    shown = AssignmentSerializer()
    return {"assignments": [shown.to_representation(each) for each in assignments], "reason": reason}


def assignment_of(request: WorkerRequest, token: str) -> Assignment:
    """This worker's assignment; everybody else's does not exist."""
    assignment = leases.assignment_of(request.user, token)
    if assignment is None:
        raise AssignmentNotFound(_("There is no such assignment. Ask for the next task."))
    return assignment


class ResponseQuery(Query):
    next = serializers.BooleanField(default=False)


class ResponseSerializer(StrictSerializer):
    answer = serializers.JSONField()
    seconds = serializers.FloatField(min_value=0, max_value=7 * 24 * 3600, required=False, allow_null=True)


class CorrectionSerializer(serializers.Serializer[Any]):
    right = serializers.BooleanField()
    answer = serializers.JSONField()
    explanation = serializers.CharField(allow_blank=True)


class ReceivedSerializer(serializers.Serializer[Any]):
    received_at = serializers.DateTimeField()
    correction = CorrectionSerializer(required=False, help_text="In training only: what is right, and why.")
    next = LeasedSerializer(required=False)


class ResponseView(ApiView):
    query = ResponseQuery

    @extend_schema(
        operation_id="submit_response",
        parameters=[ResponseQuery],
        request=ResponseSerializer,
        responses={200: ReceivedSerializer, 201: ReceivedSerializer},
    )
    def put(self, request: WorkerRequest, token: str) -> Reply:
        """Answer a task. The same answer again is 200 with the same body; another one 409. `?next=1` leases the next
        task in the same transaction."""
        body = ResponseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        assignment = assignment_of(request, token)
        submitted = submit_response(assignment=assignment, lease_next=self.parameters["next"], **body.validated_data)
        return Reply(_received(submitted), status=201 if submitted.new else 200)

    @extend_schema(operation_id="take_back_response", responses={200: AssignmentSerializer})
    def delete(self, request: WorkerRequest, token: str) -> Reply:
        """Take back what you did last, an answer or a skip, within the project's time for second thoughts: the task is
        yours again, under a new token. Asking again changes nothing."""
        return Reply(AssignmentSerializer(take_back(assignment=assignment_of(request, token))).data)


def _received(submitted: Submitted) -> dict[str, Any]:
    correction = {"correction": submitted.correction._asdict()} if submitted.correction else {}
    leased = {"next": _leased(*submitted.leased)} if submitted.leased else {}
    return {"received_at": submitted.response.received_at, **correction, **leased}


class SkipSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SkipView(ApiView):
    @extend_schema(operation_id="skip_assignment", request=SkipSerializer, responses={204: None})
    @idempotent
    def post(self, request: WorkerRequest, token: str) -> Reply:
        """Give a task back. It goes to somebody else and does not come to you again."""
        body = SkipSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        skip(assignment=assignment_of(request, token), **body.validated_data)
        return Reply(status=204)


class ExtendView(ApiView):
    @extend_schema(operation_id="extend_assignment", request=None, responses=AssignmentSerializer)
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, token: str) -> Reply:
        """Keep a task you hold for the full time again, from now."""
        assignment = assignment_of(request, token)
        assignment.expires_at = extend(assignment=assignment).expires_at
        return Reply(AssignmentSerializer(assignment).data)


class ReturnView(ApiView):
    @extend_schema(operation_id="return_assignment", request=None, responses={204: None})
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, token: str) -> Reply:
        """Hand a task back that you have not answered, as when you stop for today. It may come to you again."""
        hand_back(assignment=assignment_of(request, token))
        return Reply(status=204)


class PictureQuery(Query):
    size = serializers.ChoiceField(
        choices=["full", "small"], default="full", help_text="`small` is for lists: no side is longer than 192 pixels."
    )


def _picture(image: Image | None, size: str) -> FileResponse:
    if image is None:
        raise NoImage(_("This task has no picture."))
    file = image.thumbnail if image.thumbnail and size == "small" else image.file
    response = FileResponse(file.open("rb"), content_type=image.content_type)
    # Whatever the bytes claim to be, a browser shows them as a picture or not at all.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


PICTURES = ("image/png", "image/jpeg")
PICTURE = {(200, name): OpenApiTypes.BINARY for name in PICTURES}


class AssignmentImageView(ApiView):
    media_types = PICTURES
    reads_count = False

    query = PictureQuery

    @extend_schema(operation_id="get_assignment_image", parameters=[PictureQuery], responses=PICTURE)
    def get(self, request: WorkerRequest, token: str) -> FileResponse:
        """The picture of a task you hold or held; the address belongs to one lease."""
        return _picture(assignment_of(request, token).task.image, self.parameters["size"])


class TaskImageView(ApiView):
    media_types = PICTURES

    query = PictureQuery

    @extend_schema(operation_id="get_task_image", parameters=[PictureQuery], responses=PICTURE)
    def get(self, request: WorkerRequest, slug: str, external_id: str) -> FileResponse:
        """The picture of a task of the project."""
        project = project_for(request.user, slug, Permission.READ)
        return _picture(Task.objects.for_project(project).named(external_id).image, self.parameters["size"])
