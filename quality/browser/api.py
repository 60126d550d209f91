"""/api/v1: the tasks of a project, listed and searched, looked at one by one, and deleted."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from crowd.api import ApiView, PageQuery, Pages, Query, StrictSerializer, page_of
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.answer_kinds import shown_of
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.browser import deletion
from quality.browser.asking import ask_again
from quality.browser.everything import GivenAnswer, TaskFile
from quality.browser.rows import TaskRows, tasks_in_order
from quality.browser.walking import ORDERS, Order, Place, Stretch, cursor_of, place_of, walk
from quality.browser.wanted import FLAGS, Wanted
from quality.disputes.api import DecisionSerializer, SkipsSerializer, event_row
from quality.labels.api import LabelSerializer
from quality.models import Consensus, GoldAnswer, TaskDeletion
from tasks.intake.api import MAX_TASKS
from tasks.intake.api import TasksView as AddTasksView
from tasks.models import Task

MOST_ASKED = 100


class WantedQuery(Query):
    """Which tasks are wanted."""

    q = serializers.CharField(required=False, max_length=300, trim_whitespace=False, help_text="How the id begins.")
    state = serializers.ChoiceField(choices=Consensus.State.choices, required=False)
    min_confidence = serializers.FloatField(min_value=0, max_value=1, required=False)
    max_confidence = serializers.FloatField(min_value=0, max_value=1, required=False)
    worker = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="A worker's number: who answered it."
    )
    gold = serializers.BooleanField(required=False, allow_null=True, default=None)
    flag = serializers.ChoiceField(choices=FLAGS, required=False)
    text = serializers.CharField(
        required=False, max_length=200, help_text="What some field of the data holds, in capitals or not."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        told = _("The label, of kinds of answer that can be counted up.")
        return {**super().get_fields(), "class": serializers.CharField(required=False, help_text=told)}


class TasksQuery(WantedQuery, PageQuery):
    sort = serializers.ChoiceField(
        choices=sorted(ORDERS),
        default="id",
        help_text="By anything but `id`, only tasks that have a label are listed.",
    )


class ImageSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the original.")
    original_url = serializers.CharField(help_text="Where owners get the picture as it came in.")


class TaskRowSerializer(LabelSerializer):
    task = None  # type: ignore[assignment]  # by its full name here, as where tasks come in
    external_id = serializers.CharField()
    data = serializers.DictField()
    priority = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Task.Purpose.choices)
    needed = serializers.IntegerField(help_text="How many answers it is to get, as it looks now.")
    leases = serializers.IntegerField(help_text="Workers who are at it.")
    passed_on = serializers.BooleanField(help_text="Somebody skipped it, or took an answer back.")
    image = ImageSerializer(allow_null=True, help_text="The picture of a task that has one.")
    pictures = serializers.DictField(child=ImageSerializer(), help_text="All pictures, by the field they are in.")
    created_at = serializers.DateTimeField()


class GivenAnswerSerializer(serializers.Serializer[Any]):
    worker = serializers.IntegerField()
    name = serializers.CharField()
    answer = serializers.JSONField()
    seconds = serializers.FloatField(allow_null=True)
    received_at = serializers.DateTimeField()
    counted = serializers.BooleanField(help_text="Whether it stands, and counts towards the label.")
    voided = serializers.BooleanField()
    replaced = serializers.BooleanField(help_text="Taken back, or another was given instead.")
    right = serializers.BooleanField(allow_null=True, help_text="By gold or a reviewer's decision; null without.")

    def to_representation(self, given: GivenAnswer) -> dict[str, Any]:
        response = given.response
        return {
            "worker": response.worker_id,
            "name": response.worker.display_name,
            "answer": self.context["shown"](response.answer),
            "seconds": response.seconds,
            "received_at": response.received_at,
            "counted": given.standing == "counted",
            "voided": response.voided_at is not None,
            "replaced": response.replaced_at is not None,
            "right": given.right,
        }


class ModelAnswerSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    answer = serializers.JSONField(allow_null=True)
    created_at = serializers.DateTimeField()


class KnownSerializer(serializers.Serializer[Any]):
    answer = serializers.JSONField()
    explanation = serializers.CharField()
    training = serializers.BooleanField()
    origin = serializers.ChoiceField(choices=GoldAnswer.Origin.choices)
    doubt = serializers.FloatField(allow_null=True)
    confirmed = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class DoneSerializer(serializers.Serializer[Any]):
    action = serializers.CharField()
    by = serializers.EmailField(allow_null=True)
    at = serializers.DateTimeField()
    detail = serializers.DictField()


class WholeTaskSerializer(TaskRowSerializer):
    answers = GivenAnswerSerializer(many=True, help_text="The latest first, of at most 1,000.")
    predictions = ModelAnswerSerializer(many=True)
    gold = KnownSerializer(allow_null=True)
    skips = SkipsSerializer(many=True)
    taken_back = serializers.IntegerField()
    decisions = DecisionSerializer(many=True)
    history = DoneSerializer(many=True, help_text="What people did about it, from the audit trail, the latest first.")


class TasksView(AddTasksView):
    """`tasks`: what comes in is answered by `tasks.intake`, what is there by this."""

    @classmethod
    def query_of(cls, method: str) -> type[Query]:
        return TasksQuery if method == "get" else super().query_of(method)

    @extend_schema(operation_id="list_tasks", parameters=[TasksQuery], responses=page_of(TaskRowSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """The tasks of the project, with what is believed of each. A page may hold fewer than there
        are, or none, where what is wanted is rare: as long as `next` is there, go on."""
        project = project_for(request.user, slug, Permission.READ)
        order = ORDERS[self.parameters["sort"]]
        stretch = walk(Wanted.of(project, self.parameters), order, self._place(order), self._limit)
        rows = TaskRows(project)
        results = [rows.of(task) for task in tasks_in_order([found.key for found in stretch.found])]
        return Response({"results": results, "next": _next(request, stretch)})

    @property
    def _limit(self) -> int:
        limit: int = self.parameters.get("limit", Pages.page_size)
        return limit

    def _place(self, order: Order) -> Place | None:
        cursor = self.parameters.get("cursor")
        try:
            return place_of(cursor, order) if cursor else None
        except ValueError as error:
            message = _("This is no cursor of this list. Follow `next` as it is.")
            raise serializers.ValidationError({"cursor": message}) from error


def _next(request: WorkerRequest, stretch: Stretch) -> str | None:
    if stretch.end is None:
        return None
    address: str = replace_query_param(request.build_absolute_uri(), "cursor", cursor_of(stretch.end))
    return address


class TaskView(ApiView):
    @extend_schema(operation_id="get_task", responses=WholeTaskSerializer)
    def get(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """All that is known of a task: its data and label, who said what, what models say, and what
        was done about it."""
        project = project_for(request.user, slug, Permission.READ)
        task = Task.objects.for_project(project).select_related("image").named(external_id)
        return Response({**TaskRows(project).of(task), **_everything(project, TaskFile.of(task))})

    @extend_schema(operation_id="delete_task", responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """Delete a task with its answers, gold and decisions. A row of the audit trail stays."""
        project = project_for(request.user, slug, Permission.MANAGE)
        Task.objects.for_project(project).named(external_id)
        deletion.delete_tasks(project=project, actor=request.user, names=[external_id])
        return Response(status=204)


def _everything(project: Project, file: TaskFile) -> dict[str, Any]:
    shown = shown_of(project)
    gold = file.gold
    told = ("explanation", "training", "origin", "doubt", "created_at")
    return {
        "answers": GivenAnswerSerializer(file.answers, many=True, context={"shown": shown}).data,
        "predictions": [
            {"model": each.model, "answer": shown(answer), "created_at": each.created_at}
            for each, answer in file.predictions
        ],
        "gold": gold
        and {
            "answer": shown(gold.answer),
            **{name: getattr(gold, name) for name in told},
            "confirmed": gold.confirmed_at is not None,
        },
        "skips": file.why.skips,
        "taken_back": file.why.taken_back,
        "decisions": [event_row(event, project) for event in file.decisions],
        "history": [
            {"action": each.action, "by": each.actor and each.actor.email, "at": each.at, "detail": each.detail}
            for each in file.audited
        ],
    }


class MoreSerializer(StrictSerializer):
    answers = serializers.IntegerField(min_value=1, max_value=MOST_ASKED, default=1)


class NeededSerializer(serializers.Serializer[Any]):
    needed = serializers.IntegerField()


class MoreView(ApiView):
    @extend_schema(operation_id="ask_for_more", request=MoreSerializer, responses=NeededSerializer)
    @idempotent
    def post(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """Ask for more answers to a task, however sure its label is and whatever the most is
        otherwise."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = MoreSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        task = Task.objects.for_project(project).named(external_id)
        ask_again(task=task, actor=request.user, answers=body.validated_data["answers"])
        task.refresh_from_db(fields=["answers_needed"])
        return Response({"needed": task.answers_needed})


class TaskNames(StrictSerializer):
    tasks = serializers.ListField(
        child=serializers.CharField(max_length=300, trim_whitespace=False),
        min_length=1,
        max_length=MAX_TASKS,
        required=False,
    )
    wanted = WantedQuery(required=False, help_text="All that a list with these parameters shows; {} is every task.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Name either `tasks` or what is `wanted`."))
        return attrs


class DeletionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk", allow_null=True)
    state = serializers.CharField(help_text="`queued` or `done`.")
    deleted = serializers.IntegerField()
    total = serializers.SerializerMethodField()

    def get_total(self, row: TaskDeletion) -> int | None:
        return None if row.tasks is None else len(row.tasks)


class DeletionsView(ApiView):
    max_body = AddTasksView.max_body

    @extend_schema(
        operation_id="delete_tasks", request=TaskNames, responses={200: DeletionSerializer, 202: DeletionSerializer}
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Delete many tasks: those that are named, or all that a filter finds. Those that there
        aren't are left out. A few are gone on return, many are deleted in the background (202)."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = TaskNames(data=request.data)
        body.is_valid(raise_exception=True)
        if "tasks" in body.validated_data:
            names = body.validated_data["tasks"]
            started = deletion.delete_tasks(project=project, actor=request.user, names=names)
        else:
            asked = body.validated_data["wanted"]
            started = deletion.delete_wanted(project=project, actor=request.user, asked=asked)
        return Response(DeletionSerializer(started).data, status=200 if started.pk is None else 202)


class DeletionView(ApiView):
    @extend_schema(operation_id="get_task_deletion", responses=DeletionSerializer)
    def get(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """How far the deletion of many tasks is."""
        project = project_for(request.user, slug, Permission.MANAGE)
        return Response(DeletionSerializer(get_object_or_404(TaskDeletion, project=project, pk=pk)).data)
