"""/api/v1: what is disputed, with who said what, and what reviewers decide about it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, Query, StrictSerializer, page_of
from crowd.cursors import Place, next_address
from crowd.people.authentication import WorkerRequest
from crowd.projects.answer_kinds import shown_of
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.disputes.adjudication import NoAdjudication, adjudicate, history_of, withdraw_adjudication
from quality.disputes.waiting import Opinion, opinions_on, place_in, waiting
from quality.intervals import IntervalSerializer
from quality.kinds.protocol import consensus_kind
from quality.labels.api import LabelSerializer
from quality.labels.listing import LabelRows
from quality.models import Adjudication, AdjudicationEvent, Consensus, GoldAnswer
from tasks.models import Task
from tasks.queue.exhaustion import PassedOn, passed_on

HISTORY_SHOWN = 100


class PlaceField(serializers.CharField):
    """Where the page before ended."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return Place.parse(str(data))
        except ValueError as error:
            raise serializers.ValidationError(_("This is no cursor of this list. Follow `next` as it is.")) from error


class DisputesQuery(PageQuery):
    cursor = PlaceField(required=False)
    state = serializers.ChoiceField(
        choices=[Consensus.State.DISPUTED, Consensus.State.EXHAUSTED, Consensus.State.OPEN],
        default=Consensus.State.DISPUTED,
        help_text="`exhausted`: those that everybody who may answer them has answered or skipped, as they came. "
        "`open`: the least sure of those that still get answers.",
    )


class OpinionSerializer(serializers.Serializer[Any]):
    worker = serializers.IntegerField()
    name = serializers.CharField()
    answer = serializers.JSONField()
    seconds = serializers.FloatField(allow_null=True)
    reliability = IntervalSerializer(help_text="As of the last refresh.")

    def to_representation(self, opinion: Opinion) -> dict[str, Any]:
        interval = opinion.reliability
        return {
            "worker": opinion.worker.pk,
            "name": opinion.worker.display_name,
            "answer": self.context["shown"](opinion.answer),
            "seconds": opinion.seconds,
            "reliability": {"value": interval.value, "low": interval.low, "high": interval.high},
        }


class SkipsSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()
    count = serializers.IntegerField()


class DisputeSerializer(LabelSerializer):
    source = None  # type: ignore[assignment]  # all of these are the crowd's
    updated_at = serializers.DateTimeField()
    answers = OpinionSerializer(many=True)
    skips = SkipsSerializer(many=True, help_text="The reasons of those who skipped it, the most frequent first.")
    taken_back = serializers.IntegerField(help_text="Workers who took their answer back and gave no other.")


class DisputesView(ApiView):
    query = DisputesQuery

    @extend_schema(operation_id="list_disputes", parameters=[DisputesQuery], responses=page_of(DisputeSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """The tasks whose answers are used up and that are still unsure, the least sure first, each
        with who said what and who passed it on; or those that nobody is left to answer."""
        project = project_for(request.user, slug, Permission.READ)
        limit = self.parameters.get("limit", Pages.page_size)
        state = self.parameters["state"]
        page = waiting(project, state, self.parameters.get("cursor"), limit + 1)
        shown, more = page[:limit], page[limit:]
        task_ids = [each.pk for each in shown]
        opinions, why = opinions_on(task_ids), passed_on(task_ids)
        rows, told = LabelRows(project), {"shown": shown_of(project)}
        results = [{**_label(rows, each), **_said(told, opinions.get(each.pk, []), why[each.pk])} for each in shown]
        place = place_in(state, shown[-1]) if more else None
        return Response({"results": results, "next": next_address(request, place)})


def _label(rows: LabelRows, task: Task) -> dict[str, Any]:
    label = rows.of(task)
    del label["source"]  # all of these are the crowd's
    return label


def _said(told: dict[str, Any], opinions: list[Opinion], why: PassedOn) -> dict[str, Any]:
    answers = OpinionSerializer(opinions, many=True, context=told).data
    return {"answers": answers, "skips": why.skips, "taken_back": why.taken_back}


class AdjudicationSerializer(StrictSerializer):
    answer = serializers.JSONField()
    gold = serializers.BooleanField(
        default=False, help_text="Make the task gold, too: a hidden test for those who have not answered it."
    )
    explanation = serializers.CharField(
        max_length=5000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Kept with the decision, and with the gold.",
    )
    seen = serializers.DateTimeField(
        required=False,
        allow_null=True,
        write_only=True,
        help_text="`decided_at` of the decision that you looked at, null if there was none. Where another stands by "
        "now, that stays, and the reply is 409 `decided_meanwhile`. Left out, whatever stands is overruled.",
    )

    def validate_seen(self, moment: datetime | None) -> str:
        return Adjudication.version_at(moment) if moment else ""


class WithdrawalQuery(Query):
    seen = serializers.DateTimeField(
        required=False,
        help_text="`decided_at` of the decision that you want to take back. Where another stands by now, that stays, "
        "and the reply is 409 `decided_meanwhile`. Left out, whatever stands is taken back.",
    )

    def validate_seen(self, moment: datetime) -> str:
        return Adjudication.version_at(moment)


class BelievedSerializer(serializers.Serializer[Any]):
    label = serializers.JSONField()  # type: ignore[assignment]  # not the framework's own
    confidence = serializers.FloatField()
    distribution = serializers.DictField(child=serializers.FloatField(), required=False)
    detail = serializers.JSONField(required=False)
    responses = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Consensus.State.choices)
    source = serializers.ChoiceField(choices=Consensus.Source.choices)  # type: ignore[assignment]


class DecisionSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=AdjudicationEvent.Action.choices)
    answer = serializers.JSONField()
    reviewer = serializers.EmailField(allow_null=True)
    gold = serializers.BooleanField(help_text="Whether the task became gold by it, or ceased to be.")
    explanation = serializers.CharField()
    believed = BelievedSerializer(allow_null=True, help_text="What was believed until then.")
    at = serializers.DateTimeField()


class StandingDecisionSerializer(serializers.Serializer[Any]):
    answer = serializers.JSONField(allow_null=True, help_text="Null where the decision was taken back.")
    reviewer = serializers.EmailField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    gold = serializers.BooleanField()
    history = DecisionSerializer(many=True, help_text="The latest first.")


def _task(request: WorkerRequest, slug: str, external_id: str, permission: Permission) -> Task:
    return Task.objects.for_project(project_for(request.user, slug, permission)).named(external_id)


class AdjudicationView(ApiView):
    @classmethod
    def query_of(cls, method: str) -> type[Query]:
        return WithdrawalQuery if method == "delete" else Query

    @extend_schema(operation_id="get_adjudication", responses=StandingDecisionSerializer)
    def get(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """What was decided about a task, and what before; with what was believed until then."""
        task = _task(request, slug, external_id, Permission.READ)
        decision = Adjudication.objects.filter(task=task).select_related("reviewer").first()
        history = [event_row(event, task.project) for event in history_of(task, HISTORY_SHOWN)]
        if decision is None and not history:
            raise NoAdjudication(_("This task has not been adjudicated."))
        return Response(
            {
                "answer": shown_of(task.project)(decision.answer) if decision else None,
                "reviewer": decision.reviewer.email if decision and decision.reviewer else None,
                "decided_at": decision.created_at if decision else None,
                "gold": GoldAnswer.objects.filter(task=task).exists(),
                "history": history,
            }
        )

    @extend_schema(operation_id="adjudicate", request=AdjudicationSerializer, responses=AdjudicationSerializer)
    def put(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """Decide a task, above consensus until that is taken back. Only managers make it gold."""
        body = AdjudicationSerializer(data=request.data)
        task = _task(request, slug, external_id, Permission.REVIEW)
        body.is_valid(raise_exception=True)
        if body.validated_data["gold"]:
            project_for(request.user, slug, Permission.MANAGE)
        adjudicate(task=task, reviewer=request.user, **body.validated_data)
        return Response({**body.data, "gold": GoldAnswer.objects.filter(task=task).exists()})

    @extend_schema(operation_id="withdraw_adjudication", parameters=[WithdrawalQuery], responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, external_id: str) -> Response:
        """Take the decision back, and the gold that it made."""
        task = _task(request, slug, external_id, Permission.REVIEW)
        withdraw_adjudication(task=task, reviewer=request.user, seen=self.parameters.get("seen"))
        return Response(status=204)


def event_row(event: AdjudicationEvent, project: Project) -> dict[str, Any]:
    """A decision as programs get it."""
    kind, schema = consensus_kind(project), project.schema
    shown, believed = kind.shown(schema), event.believed
    if believed is not None:
        rest = {name: value for name, value in believed.items() if name not in ("label", "detail")}
        detail = kind.detail(schema)(believed["detail"])
        believed = {"label": shown(believed["label"]), kind.detail_name: detail, **rest}
    return {
        "action": event.action,
        "answer": shown(event.answer),
        "reviewer": event.actor.email if event.actor else None,
        "gold": event.gold,
        "explanation": event.explanation,
        "believed": believed,
        "at": event.at,
    }
