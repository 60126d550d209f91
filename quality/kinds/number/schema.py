"""What a project that asks for numbers says of its answers: what is plausible, how exact they are,
and in what unit."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crowd.api import TypedSerializer
from crowd.errors import CrowdError
from crowd.projects.answer_kinds import Schema

LARGEST = 1e15
MOST_DECIMALS = 9
MAX_UNIT = 20
FIELDS = ("low", "high", "decimals", "unit", "tolerance")


class RangeInUse(CrowdError):
    status, code = 409, "range_in_use"


def _number(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(
        min_value=-LARGEST, max_value=LARGEST, required=False, allow_null=True, help_text=help_text
    )


class NumberSchemaSerializer(TypedSerializer):
    """Workers give a number."""

    low = _number("What is below it is refused.")
    high = _number("What is above it is refused.")
    decimals = serializers.IntegerField(min_value=0, max_value=MOST_DECIMALS, required=False, allow_null=True)
    unit = serializers.CharField(max_length=MAX_UNIT, required=False, allow_blank=True)
    tolerance = _number("By how much a right answer may be off; left out, a twentieth of the range, or of the number.")

    def validate(self, attrs: Any) -> Any:
        given = {name: attrs[name] for name in FIELDS if attrs.get(name) not in (None, "")}
        if "low" in given and "high" in given and not given["low"] < given["high"]:
            message = _("The largest number must be above the smallest.")
            raise serializers.ValidationError({"high": message}, code="not_a_range")
        if given.get("tolerance", 1) <= 0:
            raise serializers.ValidationError({"tolerance": _("It must be above zero.")}, code="min_value")
        return given

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {name: instance[name] for name in FIELDS if name in instance}


class NumberSchema:
    """What is asked may become wider, and never so narrow that answers that are there would be
    refused."""

    serializer = NumberSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        """Raises RangeInUse."""
        for name, narrower in (("low", _above), ("high", _below), ("decimals", _below)):
            if before and narrower(schema.get(name), before.get(name)):
                message = _("It can't be made narrower: answers that are there might not fit any more.")
                fault = {"field": f"schema.{name}", "code": RangeInUse.code, "detail": message}
                raise RangeInUse(message, errors=[fault])
        return schema

    def form_fields(self) -> dict[str, forms.Field]:
        return {
            "low": _field(gettext_lazy("Smallest number")),
            "high": _field(gettext_lazy("Largest number")),
            "decimals": forms.IntegerField(
                label=gettext_lazy("Decimal places"), required=False, min_value=0, max_value=MOST_DECIMALS
            ),
            "unit": forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=MAX_UNIT),
            "tolerance": _field(
                gettext_lazy("How far a right answer may be off"),
                gettext_lazy("Left empty, it is a twentieth of the range, or of the number."),
            ),
        }

    def to_form(self, schema: Schema) -> dict[str, Any]:
        return {name: schema.get(name, "") for name in FIELDS}

    def from_form(self, data: Mapping[str, Any], before: Schema | None) -> dict[str, Any]:
        return {name: data[name] for name in FIELDS if data[name] not in (None, "")}


def _field(label: Any, help_text: Any = "") -> forms.FloatField:
    widget = forms.NumberInput(attrs={"step": "any"})
    return forms.FloatField(label=label, help_text=help_text, required=False, widget=widget)


def _above(new: float | None, old: float | None) -> bool:
    return new is not None and (old is None or new > old)


def _below(new: float | None, old: float | None) -> bool:
    return new is not None and (old is None or new < old)
