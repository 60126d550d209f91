"""/api/v1: answers, skips, and what is taken back."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response as Reply

from crowd.api import ApiView, Query, StrictSerializer
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from tasks.models import Assignment
from tasks.queue.api import AssignmentSerializer, LeasedSerializer, assignment_of, leased_reply
from tasks.queue.presenting import shown_to_worker
from tasks.responses.submit import Submitted, submit_response
from tasks.responses.undo import skip, take_back


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
        """Answer a task. The same answer again is 200 with the same body; another one 409.
        `?next=1` leases the next task in the same transaction."""
        body = ResponseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        assignment = assignment_of(request, token)
        submitted = submit_response(assignment=assignment, lease_next=self.parameters["next"], **body.validated_data)
        return Reply(_received(submitted, assignment), status=201 if submitted.new else 200)

    @extend_schema(operation_id="take_back_response", responses={200: AssignmentSerializer})
    def delete(self, request: WorkerRequest, token: str) -> Reply:
        """Take back what you did last, an answer or a skip, within the project's time for second
        thoughts: the task is yours again, under a new token. Asking again changes nothing."""
        return Reply(AssignmentSerializer(take_back(assignment=assignment_of(request, token))).data)


def _received(submitted: Submitted, assignment: Assignment) -> dict[str, Any]:
    right, correction = submitted.correction, {}
    if right:
        answer = shown_to_worker(assignment.worker, assignment.task_id, right.answer)
        correction = {"correction": right._replace(answer=answer)._asdict()}
    leased = {"next": leased_reply(*submitted.leased)} if submitted.leased else {}
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
