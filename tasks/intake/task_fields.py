"""What a task may look like, however it comes in: by the API or as a line of a table."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from crowd.api import StrictSerializer

MAX_DATA_CHARS = 100_000


class GoldSerializer(StrictSerializer):
    answer = serializers.JSONField()
    explanation = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class TaskSerializer(StrictSerializer):
    external_id = serializers.CharField(max_length=300)
    data = serializers.DictField()  # type: ignore[assignment]  # not the framework's own `data`
    priority = serializers.IntegerField(min_value=-(2**31), max_value=2**31 - 1, default=0)
    gold = GoldSerializer(required=False, allow_null=True)

    def validate_data(self, value: dict[str, Any]) -> dict[str, Any]:
        if not value:
            raise serializers.ValidationError(_("There is nothing to show a worker."), code="empty")
        if len(repr(value)) > MAX_DATA_CHARS:
            raise serializers.ValidationError(_("At most 100,000 characters."), code="too_long")
        return value
