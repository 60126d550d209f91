"""/api/v1: gold: given, corrected, promoted, looked through and withdrawn by those who manage a
project."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, Query, StrictSerializer, page_of, without_body
from crowd.cursors import Place, next_address
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.projects.answer_kinds import shown_of
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.formats.registry import FORMATS
from quality.gold.giving import confirm_gold, give_gold, withdraw_gold, withdraw_promoted
from quality.gold.listing import GoldRow, gold_rows, gold_tasks, suspects
from quality.gold.promotion import MOST_PROMOTED, SURE, candidates, promote_gold
from quality.gold.tables import import_gold, read_gold
from quality.models import GoldAnswer
from tasks.errors import InvalidFile
from tasks.intake.bodies import parsers_of
from tasks.intake.task_fields import GoldSerializer
from tasks.models import Task

Origin = GoldAnswer.Origin


def _task(request: WorkerRequest, slug: str, external_id: str) -> Task:
    return Task.objects.for_project(project_for(request.user, slug, Permission.MANAGE)).named(external_id)


class GoldView(ApiView):
    @extend_schema(operation_id="set_gold", request=GoldSerializer, responses=GoldSerializer)
    def put(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """Make a task gold, hidden among the others to test workers, or shown before the work to
        train them; or change its right answer."""
        task = _task(request, slug, external_id)
        body = GoldSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        gold = give_gold(task=task, actor=request.user, **body.validated_data)
        told = {"explanation": gold.explanation, "training": gold.training}
        return Response({"answer": shown_of(task.project)(gold.answer), **told})

    @extend_schema(operation_id="withdraw_gold", responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """Make the task ordinary again. The next refresh scores everybody as if it had never been
        gold."""
        withdraw_gold(task=_task(request, slug, external_id), actor=request.user)
        return Response(status=204)


class GoldConfirmationView(ApiView):
    @extend_schema(operation_id="confirm_gold", request=None, responses={204: None})
    @without_body
    def put(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """Say of suspect gold that it is right after all: nobody is asked about it again."""
        confirm_gold(task=_task(request, slug, external_id), actor=request.user)
        return Response(status=204)


class GoldQuery(PageQuery):
    origin = serializers.ChoiceField(choices=Origin.choices, required=False)
    suspect = serializers.BooleanField(
        default=False, help_text="Only what trusted workers contradict, the most doubtful first."
    )


class GoldRowSerializer(serializers.Serializer[Any]):
    task = serializers.CharField()
    answer = serializers.JSONField()
    explanation = serializers.CharField()
    training = serializers.BooleanField()
    origin = serializers.ChoiceField(choices=Origin.choices)
    doubt = serializers.FloatField(
        allow_null=True, help_text="The probability that it is wrong, as of the last refresh; null without answers."
    )
    suspect = serializers.BooleanField()
    right = serializers.IntegerField()
    seen = serializers.IntegerField(help_text="Answers it got.")
    created_at = serializers.DateTimeField()

    def to_representation(self, row: GoldRow) -> dict[str, Any]:
        names = ("explanation", "training", "origin", "doubt", "created_at")
        return {
            "task": row.task.external_id,
            "answer": self.context["shown"](row.gold.answer),
            **{name: getattr(row.gold, name) for name in names},
            "suspect": row.suspect,
            "right": row.right,
            "seen": row.seen,
        }


def _rows(project: Project, golds: Sequence[GoldAnswer]) -> Any:
    return GoldRowSerializer(gold_rows(project, golds), many=True, context={"shown": shown_of(project)}).data


class ImportedGoldSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class WithdrawnSerializer(serializers.Serializer[Any]):
    withdrawn = serializers.IntegerField()


class GoldListView(ApiView):
    query = GoldQuery
    max_body = settings.BULK_BODY_MAX_BYTES
    parser_classes = parsers_of(FORMATS["csv"])

    @extend_schema(operation_id="list_gold", parameters=[GoldQuery], responses=page_of(GoldRowSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """All gold with where it comes from, how doubtful it is, and how many answers to it are
        right."""
        project = project_for(request.user, slug, Permission.MANAGE)
        if self.parameters["suspect"]:
            return self._suspects(request, project)
        pages = Pages()
        tasks = pages.paginate_queryset(gold_tasks(project, self.parameters.get("origin")), request, view=self)
        return pages.get_paginated_response(_rows(project, [task.gold for task in tasks or []]))

    def _suspects(self, request: WorkerRequest, project: Project) -> Response:
        limit, cursor = self.parameters.get("limit", Pages.page_size), self.parameters.get("cursor")
        try:
            place = Place.parse(cursor) if cursor else None
        except ValueError as error:
            message = _("This is no cursor of this list. Follow `next` as it is.")
            raise serializers.ValidationError({"cursor": message}) from error
        page = list(suspects(project, place, self.parameters.get("origin"))[: limit + 1])
        shown, more = page[:limit], page[limit:]
        last = Place(shown[-1].doubt, shown[-1].task_id) if more else None
        return Response({"results": _rows(project, shown), "next": next_address(request, last)})

    @extend_schema(
        operation_id="import_gold",
        parameters=[],
        request={FORMATS["csv"].media_type: OpenApiTypes.STR},
        responses={201: ImportedGoldSerializer},
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Right answers for tasks that are there, as `task,answer` and maybe `explanation`. All are
        stored, or none; the same table again changes nothing."""
        project = project_for(request.user, slug, Permission.MANAGE)
        if not isinstance(request.data, File):
            raise InvalidFile(_("The body is empty; send a table of task and answer."))
        imported = import_gold(project, request.user, read_gold(request.data, project))
        return Response(ImportedGoldSerializer(imported).data, status=201)

    @extend_schema(operation_id="withdraw_promoted_gold", parameters=[GoldQuery], responses={200: WithdrawnSerializer})
    def delete(self, request: WorkerRequest, slug: str) -> Response:
        """`?origin=promoted`: make everything ordinary again that was promoted."""
        project = project_for(request.user, slug, Permission.MANAGE)
        if self.parameters.get("origin") != Origin.PROMOTED:
            message = _("Only promoted gold is withdrawn all at once: ?origin=promoted.")
            raise serializers.ValidationError({"origin": message})
        return Response({"withdrawn": withdraw_promoted(project=project, actor=request.user)})


class ConfidenceQuery(Query):
    min_confidence = serializers.FloatField(min_value=0.5, max_value=1, default=SURE)


class CandidatesSerializer(serializers.Serializer[Any]):
    per_class = serializers.DictField(child=serializers.IntegerField())
    more = serializers.BooleanField(help_text="There are more labels as sure as that than were looked at.")


class GoldCandidatesView(ApiView):
    query = ConfidenceQuery

    @extend_schema(operation_id="count_gold_candidates", parameters=[ConfidenceQuery], responses=CandidatesSerializer)
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """How many very sure labels of each class could be made gold."""
        found = candidates(project_for(request.user, slug, Permission.MANAGE), self.parameters["min_confidence"])
        return Response({"per_class": found.counts, "more": found.more})


class PromotionSerializer(StrictSerializer):
    count = serializers.IntegerField(min_value=1, max_value=MOST_PROMOTED)
    min_confidence = serializers.FloatField(min_value=0.5, max_value=1, default=SURE)
    seed = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, default=0, help_text="The same seed chooses the same among the same."
    )


class PromotedSerializer(serializers.Serializer[Any]):
    promoted = serializers.IntegerField()
    per_class = serializers.DictField(child=serializers.IntegerField())


class GoldPromotionView(ApiView):
    @extend_schema(operation_id="promote_gold", request=PromotionSerializer, responses={201: PromotedSerializer})
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Turn very sure labels into hidden gold, as evenly over the classes as there are any."""
        project = project_for(request.user, slug, Permission.MANAGE)
        body = PromotionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        per_class = promote_gold(project=project, actor=request.user, **body.validated_data)
        return Response({"promoted": sum(per_class.values()), "per_class": per_class}, status=201)
