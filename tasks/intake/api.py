"""/api/v1: what comes in: tasks, votes gathered elsewhere, files, predictions of models."""

from dataclasses import replace
from typing import Any, cast

from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from crowd.api import ApiView, Query, StrictSerializer
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.people.quotas import spend
from crowd.projects.answer_kinds import InvalidAnswer, Prediction
from crowd.projects.models import MAX_MODEL, Project
from crowd.projects.permissions import Permission, project_for
from quality.formats.registry import READ_BY_ROW, format_sent
from quality.formats.table_format import TableFormat
from tasks.errors import InvalidFile, InvalidTasks
from tasks.intake import imports
from tasks.intake.bodies import parsers_of
from tasks.intake.named_pictures import UNKNOWN, find_pictures, pictures_of, unknown_picture
from tasks.intake.prelabels import add_prelabels, read_prediction
from tasks.intake.records import TaskRecord, add_tasks
from tasks.intake.sources.registry import AUTO, names
from tasks.intake.sources.vote_tables import name_of
from tasks.intake.storing import import_votes
from tasks.intake.task_fields import TaskSerializer
from tasks.intake.votes import read_votes
from tasks.models import Import

MAX_TASKS = 10_000
SYNCHRONOUS_VOTES = 1024 * 1024  # bytes of votes that are stored before the request is answered


class TasksSerializer(StrictSerializer):
    tasks = serializers.ListField(child=TaskSerializer(), min_length=1, max_length=MAX_TASKS)


class OutcomeSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class TasksView(ApiView):
    max_body = settings.BULK_BODY_MAX_BYTES

    @extend_schema(operation_id="add_tasks", request=TasksSerializer, responses={201: OutcomeSerializer})
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Add up to 10,000 tasks, all or none. Sending the same task again changes nothing."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = TasksSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        outcome = add_tasks(project, _records(body.validated_data["tasks"], project))
        return Response(OutcomeSerializer(outcome).data, status=201)


def _records(items: list[dict[str, Any]], project: Project) -> list[TaskRecord]:
    """Checked records. Raises InvalidTasks naming every item whose id is repeated, whose gold is no
    answer, or whose picture is not here."""
    known = find_pictures(project, [item["data"] for item in items])
    faults: list[dict[str, Any]] = []
    records: dict[str, TaskRecord] = {}
    for index, item in enumerate(items):
        pictures, unknown = pictures_of(item["data"], known)
        try:
            record = TaskRecord.checked(project, pictures=pictures, **item)
        except InvalidAnswer as error:
            faults.append({"field": f"tasks.{index}.gold.answer", "code": error.code, "detail": error.detail})
            continue
        if item["external_id"] in records:
            detail = _("Another task of this request has the id {id}.").format(id=item["external_id"])
            faults.append({"field": f"tasks.{index}.external_id", "code": "repeated", "detail": detail})
        for field in unknown:
            place = f"tasks.{index}.data.{field}"
            faults.append({"field": place, "code": UNKNOWN, "detail": unknown_picture()})
        records[item["external_id"]] = record
    if faults:
        raise InvalidTasks(f"{faults[0]['field']}: {faults[0]['detail']}", errors=faults)
    return list(records.values())


class ImportVotesQuery(Query):
    repeats = serializers.ChoiceField(choices=["replace", "error"], default="replace")


class ImportedSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    replaced = serializers.IntegerField(help_text="How many of the created took the place of an earlier answer.")
    skipped = serializers.IntegerField(help_text="Rows that the file calls `voided`, or not `counted`.")


class ImportStartedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()


class VotesView(ApiView):
    query = ImportVotesQuery
    max_body = settings.UPLOAD_MAX_BYTES
    parser_classes = parsers_of(*READ_BY_ROW.values())

    @extend_schema(
        operation_id="import_responses",
        parameters=[ImportVotesQuery],
        request={each.media_type: OpenApiTypes.STR for each in READ_BY_ROW.values()},
        responses={201: ImportedSerializer, 202: ImportStartedSerializer},
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Votes gathered elsewhere, as `task,worker,answer`. All are stored, or none; a large file
        is queued."""
        project = project_for(request.user, slug, Permission.MANAGE)
        spend("imports", request.user, project.pk)
        form = cast(TableFormat, format_sent(request.content_type or ""))  # no other is parsed
        if not isinstance(request.data, File):
            raise InvalidFile(_("The body is empty; send a table of task, worker and answer."))
        repeats = self.parameters["repeats"]
        if request.data.size > SYNCHRONOUS_VOTES:
            job = imports.start_import(
                project=project,
                actor=request.user,
                file=request.data,
                table_format=name_of(form),
                repeats=repeats,
            )
            return Response({"id": job.pk}, status=202)
        read = read_votes(request.data, form, project)
        imported = import_votes(project, read.votes, refuse_replacing=repeats == "error")
        return Response(ImportedSerializer(replace(imported, skipped=read.skipped)).data, status=201)


class ImportSerializer(StrictSerializer):
    file = serializers.FileField()
    format = serializers.ChoiceField(choices=names(), default=AUTO)
    folders = serializers.ChoiceField(
        choices=["gold", "prelabel"],
        default="gold",
        help_text="What the folders of an ImageNet-style zip are: right answers to test workers with, or a hint.",
    )


class ImportStateSerializer(serializers.ModelSerializer[Import]):
    class Meta:
        model = Import
        fields = ("id", "state", "format", "done", "total", "report")


class ImportsView(ApiView):
    max_body = settings.UPLOAD_MAX_BYTES
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="start_import",
        request={"multipart/form-data": ImportSerializer},
        responses={202: ImportStartedSerializer},
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """A file of tasks: a zip of pictures, an ImageNet-style zip, CSV or JSON Lines. Read in the
        background."""
        project = project_for(request.user, slug, Permission.MANAGE)
        spend("imports", request.user, project.pk)
        body = ImportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        upload: UploadedFile[bytes] = body.validated_data["file"]
        job = imports.start_import(
            project=project,
            actor=request.user,
            file=upload,
            table_format=body.validated_data["format"],
            folders=body.validated_data["folders"],
        )
        return Response({"id": job.pk}, status=202)


class ImportView(ApiView):
    @extend_schema(operation_id="get_import", responses=ImportStateSerializer)
    def get(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """How far an import is, and what became of it."""
        job = get_object_or_404(Import, project=project_for(request.user, slug, Permission.MANAGE), pk=pk)
        return Response(ImportStateSerializer(job).data)


class PredictionSerializer(StrictSerializer):
    task = serializers.CharField(max_length=300)
    logits = serializers.DictField(child=serializers.FloatField(), required=False)
    probabilities = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=1), required=False)
    answer = serializers.JSONField(required=False)


class PrelabelsSerializer(StrictSerializer):
    model = serializers.CharField(max_length=MAX_MODEL)
    predictions = serializers.ListField(child=PredictionSerializer(), min_length=1, max_length=MAX_TASKS)


class PrelabelsView(ApiView):
    max_body = settings.BULK_BODY_MAX_BYTES

    @extend_schema(operation_id="add_prelabels", request=PrelabelsSerializer, responses={201: OutcomeSerializer})
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """What a model predicts for tasks: logits, probabilities or an answer each. All are stored,
        or none."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = PrelabelsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        predictions: dict[str, Prediction] = {}
        for index, item in enumerate(body.validated_data["predictions"]):
            if item["task"] in predictions:
                detail = _("Another prediction of this request is for task {task}.").format(task=item["task"])
                fault = {"field": f"predictions.{index}.task", "code": "repeated", "detail": detail}
                raise InvalidTasks(detail, errors=[fault])
            predictions[item["task"]] = read_prediction(item, project, field=f"predictions.{index}")
        outcome = add_prelabels(project, body.validated_data["model"], predictions)
        return Response(OutcomeSerializer(outcome).data, status=201)
