"""/api/v1: how far workers follow the model that they are shown. Reads what is stored."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crowd.api import ApiView
from crowd.etags import unless_known
from crowd.people.authentication import WorkerRequest
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.automation_bias.measuring import UNMEASURED
from quality.intervals import IntervalSerializer
from quality.labels.editions import edition_of_figures
from quality.models import Summary


class SameAnswersSerializer(serializers.Serializer[Any]):
    answers = serializers.IntegerField()
    same = serializers.IntegerField(help_text="Those that are what the model predicts.")
    share = IntervalSerializer(allow_null=True)


class ComparedSerializer(serializers.Serializer[Any]):
    shown = SameAnswersSerializer(help_text="Answers of workers who saw the prediction.")
    blind = SameAnswersSerializer(help_text="Answers of workers who did not.")
    bias = IntervalSerializer(allow_null=True, help_text="The first share less the second: what seeing it does.")


class AutomationBiasSerializer(serializers.Serializer[Any]):
    model = serializers.CharField(allow_blank=True, help_text="Whose predictions workers are shown; empty is none.")
    blind_share = serializers.FloatField()
    all = ComparedSerializer()
    when_wrong = ComparedSerializer(help_text="On gold alone, where the model is wrong.")


class AutomationBiasView(ApiView):
    @extend_schema(operation_id="get_automation_bias", responses={200: AutomationBiasSerializer, 304: None})
    def get(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        """How far workers follow the model whose predictions they see, as of the last refresh, with
        95% intervals."""
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, edition_of_figures(project), lambda: self._compared(project))

    def _compared(self, project: Project) -> Response:
        stored = Summary.objects.filter(project=project).values_list("following", flat=True).first() or {}
        return Response(
            {
                "model": project.shown_model,
                "blind_share": project.blind_share,
                "all": stored.get("all", UNMEASURED),
                "when_wrong": stored.get("when_wrong", UNMEASURED),
            }
        )
