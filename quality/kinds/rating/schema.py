"""What a project that asks for ratings says of its answers: the scale."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crowd.api import TypedSerializer
from crowd.errors import CrowdError
from crowd.projects.answer_kinds import Schema

FURTHEST = 1_000_000
MOST_STEPS = 101
MAX_TITLE = 200


class ScaleInUse(CrowdError):
    status, code = 409, "scale_in_use"


class RatingSchemaSerializer(TypedSerializer):
    """Workers give a whole number of a scale."""

    low = serializers.IntegerField(min_value=-FURTHEST, max_value=FURTHEST)
    high = serializers.IntegerField(min_value=-FURTHEST, max_value=FURTHEST)
    titles = serializers.DictField(
        child=serializers.CharField(max_length=MAX_TITLE, allow_blank=True),
        required=False,
        help_text='What a step means, by its number: `{"1": "poor", "5": "excellent"}`.',
    )

    def validate(self, attrs: Any) -> Any:
        low, high = attrs["low"], attrs["high"]
        if not low < high < low + MOST_STEPS:
            message = _("The highest step must be above the lowest, with at most {n} steps in all.")
            raise serializers.ValidationError({"high": message.format(n=MOST_STEPS)}, code="not_a_scale")
        steps = {str(step) for step in range(low, high + 1)}
        if unknown := sorted(attrs.get("titles", {}).keys() - steps):
            message = _("Not steps of this scale: {steps}.").format(steps=", ".join(unknown)[:200])
            raise serializers.ValidationError({"titles": message}, code="unknown")
        titles = {step: title for step, title in attrs.get("titles", {}).items() if title}
        rest = {name: value for name, value in attrs.items() if name != "titles"}
        return {**rest, "titles": titles} if titles else rest

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {name: instance[name] for name in ("low", "high", "titles") if name in instance}


class RatingSchema:
    """A scale stays as long as the project; what its steps are called can be changed."""

    serializer = RatingSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        """Raises ScaleInUse."""
        for end in ("low", "high"):
            if before and before[end] != schema[end]:
                message = _("The scale of a project can't be changed: its answers would mean something else.")
                fault = {"field": f"schema.{end}", "code": ScaleInUse.code, "detail": message}
                raise ScaleInUse(message, errors=[fault])
        return schema

    def form_fields(self) -> dict[str, forms.Field]:
        return {
            "low": forms.IntegerField(label=gettext_lazy("Lowest step"), initial=1),
            "high": forms.IntegerField(label=gettext_lazy("Highest step"), initial=5),
            "titles": forms.CharField(
                label=gettext_lazy("What the steps mean"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=gettext_lazy("One a line, such as: 1 poor. Leave out what needs no words."),
            ),
        }

    def to_form(self, schema: Schema) -> dict[str, Any]:
        lines = [f"{step} {title}" for step, title in schema.get("titles", {}).items()]
        return {"low": schema["low"], "high": schema["high"], "titles": "\n".join(lines)}

    def from_form(self, data: Mapping[str, Any], before: Schema | None) -> dict[str, Any]:
        lines = [line.strip().partition(" ") for line in data["titles"].splitlines() if line.strip()]
        titles = {step: title.strip() for step, _space, title in lines}
        return {"low": data["low"], "high": data["high"], **({"titles": titles} if titles else {})}
