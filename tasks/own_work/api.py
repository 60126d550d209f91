"""/api/v1: what workers see of their own work."""

from typing import Any, get_args

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response as Reply

from crowd.api import ApiView, PageQuery, Pages, page_of
from crowd.people.authentication import WorkerRequest
from crowd.projects.models import Membership
from crowd.projects.permissions import worker_for
from tasks.models import Response
from tasks.own_work.exam import OwnExamState
from tasks.own_work.history import history
from tasks.own_work.overview import Phase, own_work, own_work_of, with_work
from tasks.queue.presenting import presented_data, shown_to_worker
from tasks.queue.shown import shown


class PauseSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)


class SkillSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    held = serializers.BooleanField()


class LimitsSerializer(serializers.Serializer[Any]):
    open_leases = serializers.IntegerField()
    responses_per_day = serializers.IntegerField(allow_null=True)
    responses_per_minute = serializers.IntegerField(allow_null=True)
    undo_seconds = serializers.IntegerField()


class TrainingSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    of = serializers.IntegerField()


class OwnExamSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=get_args(OwnExamState))
    tasks = serializers.IntegerField()
    answered = serializers.IntegerField(help_text="In the attempt under way.")
    score_to_pass = serializers.FloatField()
    score = serializers.FloatField(allow_null=True, help_text="Of the last attempt that is over.")
    attempts_left = serializers.IntegerField()
    cooldown_seconds = serializers.IntegerField(help_text="From a failed attempt to the next.")
    again_at = serializers.DateTimeField(allow_null=True)


class UndoSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()
    answer = serializers.JSONField(allow_null=True, help_text="Null for a skip.")
    until = serializers.DateTimeField()


class OwnWorkSerializer(serializers.Serializer[Any]):
    """How a worker stands in a project."""

    project = serializers.CharField(source="project.slug")
    name = serializers.CharField(source="project.name")
    status = serializers.ChoiceField(choices=Membership.Status.choices, source="worker.status")
    paused = PauseSerializer(allow_null=True)
    phase = serializers.ChoiceField(choices=get_args(Phase), help_text="What the next task is for.")
    answered = serializers.IntegerField(source="queue_state.answered")
    answered_today = serializers.IntegerField(help_text="Since midnight UTC.")
    skipped = serializers.IntegerField(source="queue_state.skipped")
    held = serializers.IntegerField(source="queue_state.held", help_text="Tasks leased and not answered yet.")
    pace = serializers.FloatField(allow_null=True, help_text="Answers an hour, lately.")
    median_seconds = serializers.FloatField(allow_null=True, help_text="Time for a task, lately.")
    limits = LimitsSerializer(source="project")
    skill = SkillSerializer(allow_null=True, help_text="What the project requires.")
    training = TrainingSerializer(allow_null=True)
    exam = OwnExamSerializer(allow_null=True)
    undo = UndoSerializer(allow_null=True, help_text="What was done last, while it can be taken back.")
    time = serializers.DateTimeField(help_text="Now, by the clock that leases and limits go by.")


class OwnProjects(Pages):
    """Pages are shorter than those of other lists: for each project, answers are looked at."""

    max_page_size = 100


class OwnProjectsView(ApiView):
    reads_count = False
    query = PageQuery

    @extend_schema(operation_id="list_own_work", parameters=[PageQuery], responses=page_of(OwnWorkSerializer))
    def get(self, request: WorkerRequest) -> Reply:
        """The projects that you work in, and how you stand in each."""
        pages = OwnProjects()
        mine = with_work(Membership.objects.workers().filter(user=request.user))
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(OwnWorkSerializer(own_work(page), many=True).data)


class OwnWorkView(ApiView):
    reads_count = False

    @extend_schema(operation_id="get_own_work", responses=OwnWorkSerializer)
    def get(self, request: WorkerRequest, slug: str) -> Reply:
        """How you stand in this project."""
        return Reply(OwnWorkSerializer(own_work_of(worker_for(request.user, slug))).data)


class OwnResponseSerializer(serializers.Serializer[Response]):
    """One's own answer and what it was to: never whether it was right or used, nor a task's id."""

    received_at = serializers.DateTimeField()
    answer = serializers.JSONField()
    seconds = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=["standing", "taken back"])
    data = serializers.DictField()  # type: ignore[assignment]

    def to_representation(self, response: Response) -> dict[str, Any]:
        task, assignment = response.task, response.assignment
        data = presented_data(response.worker, task)
        if assignment:  # an answer that came by a file has none, and nothing by which its picture is shown
            data = shown(task, data, assignment.image_path)["data"]
        return {
            "received_at": serializers.DateTimeField().to_representation(response.received_at),
            "answer": shown_to_worker(response.worker, task.pk, response.answer),
            "seconds": response.seconds,
            "state": "taken back" if response.replaced_at else "standing",
            "data": data,
        }


class NewestFirst(Pages):
    ordering = "-pk"


class OwnResponsesView(ApiView):
    reads_count = False
    query = PageQuery

    @extend_schema(operation_id="list_own_responses", parameters=[PageQuery], responses=page_of(OwnResponseSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Reply:
        """What you answered in this project, the newest first."""
        pages = NewestFirst()
        page = pages.paginate_queryset(history(worker_for(request.user, slug)), request, view=self)
        return pages.get_paginated_response(OwnResponseSerializer(page, many=True).data)
