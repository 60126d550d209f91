"""What a project that asks for texts says of its answers: how long they may be, and what
disagreement is counted in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crowd.api import TypedSerializer
from crowd.errors import CrowdError
from crowd.projects.answer_kinds import Schema

USUAL_LENGTH, LONGEST = 2000, 10_000
UNITS = (("words", gettext_lazy("words")), ("characters", gettext_lazy("characters")))
FIELDS = ("max_length", "unit")


class LengthInUse(CrowdError):
    status, code = 409, "length_in_use"


class TextSchemaSerializer(TypedSerializer):
    """Workers write a text; an empty one says that there is nothing to write down."""

    max_length = serializers.IntegerField(
        min_value=1, max_value=LONGEST, default=USUAL_LENGTH, help_text="Code points that a text has at most."
    )
    unit = serializers.ChoiceField(
        choices=["words", "characters"],
        required=False,
        help_text="What disagreement is counted in; left out, characters where texts are mostly in a script that "
        "writes no spaces between words, and else words.",
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {name: instance[name] for name in FIELDS if name in instance}


class TextSchema:
    """Texts may be allowed to be longer, and not shorter than some that are there may be."""

    serializer = TextSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        """Raises LengthInUse."""
        if before and schema["max_length"] < before["max_length"]:
            message = _("It can't be made less: texts that are there may be longer.")
            fault = {"field": "schema.max_length", "code": LengthInUse.code, "detail": message}
            raise LengthInUse(message, errors=[fault])
        return schema

    def form_fields(self) -> dict[str, forms.Field]:
        return {
            "max_length": forms.IntegerField(
                label=gettext_lazy("Longest text, in characters"), min_value=1, max_value=LONGEST, initial=USUAL_LENGTH
            ),
            "unit": forms.ChoiceField(
                label=gettext_lazy("Disagreement is counted in"),
                choices=[("", gettext_lazy("what suits the script of the texts")), *UNITS],
                required=False,
            ),
        }

    def to_form(self, schema: Schema) -> dict[str, Any]:
        return {"max_length": schema["max_length"], "unit": schema.get("unit", "")}

    def from_form(self, data: Mapping[str, Any], before: Schema | None) -> dict[str, Any]:
        return {name: data[name] for name in FIELDS if data[name] not in (None, "")}
