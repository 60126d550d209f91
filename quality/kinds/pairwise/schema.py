"""What a project that has two items compared says of its answers: whether they may be equal."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crowd.api import TypedSerializer
from crowd.errors import CrowdError
from crowd.projects.answer_kinds import Schema


class TiesInUse(CrowdError):
    status, code = 409, "ties_in_use"


class PairwiseSchemaSerializer(TypedSerializer):
    """Workers say which of two items is better."""

    ties = serializers.BooleanField(default=True, help_text="Whether they may say that neither is.")


class PairwiseSchema:
    """Ties can be allowed at any time, and not be taken away."""

    serializer = PairwiseSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        """Raises TiesInUse."""
        if before and before["ties"] and not schema["ties"]:
            message = _("Ties stay allowed: answers may be some.")
            fault = {"field": "schema.ties", "code": TiesInUse.code, "detail": message}
            raise TiesInUse(message, errors=[fault])
        return schema

    def form_fields(self) -> dict[str, forms.Field]:
        return {
            "ties": forms.BooleanField(
                label=gettext_lazy("Ties"),
                required=False,
                initial=True,
                help_text=gettext_lazy("Workers may say that neither of the two is better."),
            )
        }

    def to_form(self, schema: Schema) -> dict[str, Any]:
        return {"ties": schema["ties"]}

    def from_form(self, data: Mapping[str, Any], before: Schema | None) -> dict[str, Any]:
        return {"ties": data["ties"]}
