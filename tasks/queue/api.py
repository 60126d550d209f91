"""/api/v1: tasks handed out to workers, and taken back unanswered."""

from typing import Any, get_args

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response as Reply

from crowd.api import ApiView, StrictSerializer, without_body
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.knobs import MAX_OPEN_LEASES
from crowd.projects.permissions import worker_for
from tasks.errors import AssignmentClosed, AssignmentNotFound
from tasks.models import Assignment
from tasks.queue import leases
from tasks.queue.leases import extend, hand_back
from tasks.queue.leasing import lease_in_project
from tasks.queue.presenting import presented_data, shown_to_worker
from tasks.queue.shown import shown
from tasks.queue.visits import Reason
from tasks.queue.withdrawing import was_closed


class LeaseSerializer(StrictSerializer):
    count = serializers.IntegerField(min_value=1, max_value=MAX_OPEN_LEASES, default=1)


TIME = serializers.DateTimeField()


class PictureSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="It belongs to this lease. `size=full` gets the picture unscaled.")
    width = serializers.IntegerField(help_text="Of the upright original: the frame of all geometry.")
    height = serializers.IntegerField()


class AssignmentSerializer(serializers.Serializer[Any]):
    """What a worker may know of a task: never its id, nor whether it is gold, nor how many have
    answered it. The pictures' addresses belong to the lease."""

    token = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]
    pictures = serializers.DictField(child=PictureSerializer(), required=False, help_text="By field of the data.")
    image = PictureSerializer(required=False, help_text="The same, where there is only one.")
    expires_at = serializers.DateTimeField()
    suggestion = serializers.JSONField(
        required=False, allow_null=True, help_text="What a model predicts; only where the project shows that."
    )

    def to_representation(self, assignment: Assignment) -> dict[str, Any]:
        expires_at = TIME.to_representation(assignment.expires_at)
        suggestion = {} if assignment.predicted is None else {"suggestion": _suggested(assignment)}
        data = presented_data(assignment.worker, assignment.task)
        task = shown(assignment.task, data, assignment.image_path)
        return {"token": assignment.token, **task, "expires_at": expires_at, **suggestion}


def _suggested(assignment: Assignment) -> Any:
    answer = assignment.suggestion
    return None if answer is None else shown_to_worker(assignment.worker, assignment.task_id, answer)


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
        """Lease the next tasks. An empty list says why: `no_tasks`; `quota` and `pace`, the limits
        of the project; `paused`; `skill`, one that the project requires; `exam`, one to wait for or
        failed for good."""
        body = LeaseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Reply(leased_reply(*lease_in_project(user=request.user, slug=slug, **body.validated_data)))


def leased_reply(assignments: list[Assignment], reason: Reason | None) -> dict[str, Any]:
    """What was leased, or why nothing was, as it is said to the worker."""
    shown = AssignmentSerializer()
    return {"assignments": [shown.to_representation(each) for each in assignments], "reason": reason}


def assignment_of(request: WorkerRequest, token: str) -> Assignment:
    """This worker's assignment; everybody else's does not exist."""
    assignment = leases.assignment_of(request.user, token)
    if assignment is None:
        if was_closed(request.user, token):
            raise AssignmentClosed(_("This assignment is closed: its task was taken away. Ask for the next."))
        raise AssignmentNotFound(_("There is no such assignment. Ask for the next task."))
    return assignment


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
        """Hand a task back that you have not answered, as when you stop for today. It may come to
        you again."""
        hand_back(assignment=assignment_of(request, token))
        return Reply(status=204)
