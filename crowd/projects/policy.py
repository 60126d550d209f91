"""How sure a project must be before it stops buying answers."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from crowd.api import StrictSerializer

MAX_RESPONSES = 1000

# Answer type → names of the methods that can aggregate it. Filled by the app that owns the methods when it starts, so
# that projects need not know that app.
methods: dict[str, tuple[str, ...]] = {}


class PolicySerializer(StrictSerializer):
    """The `quality` object of a project."""

    method = serializers.CharField(default="auto")
    min_responses = serializers.IntegerField(min_value=1, max_value=MAX_RESPONSES, default=3)
    max_responses = serializers.IntegerField(min_value=1, max_value=MAX_RESPONSES, default=5)
    target_confidence = serializers.FloatField(min_value=0.5, max_value=1.0, default=0.95)
    gold_rate = serializers.FloatField(min_value=0.0, max_value=0.5, default=0.1)
    lease_seconds = serializers.IntegerField(
        min_value=5,
        max_value=24 * 3600,
        default=900,
        help_text="How long a worker may keep a task before it is free again.",
    )

    def validate_method(self, value: str) -> str:
        known = sorted({name for names in methods.values() for name in names})
        if value not in known:
            message = _("There is no such method; use one of: {methods}.").format(methods=", ".join(known))
            raise serializers.ValidationError(message, code="unknown_method")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        current = self.instance or {}
        low = attrs.get("min_responses", current.get("min_responses", 0))
        high = attrs.get("max_responses", current.get("max_responses", MAX_RESPONSES))
        if low > high:
            message = _("At least min_responses, {low}, is needed.").format(low=low)
            raise serializers.ValidationError({"max_responses": serializers.ErrorDetail(message, code="too_few")})
        return attrs
