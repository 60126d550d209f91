"""What a project that asks for sets of classes says of its answers: the classes, and how many of
them one answer may have."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crowd.api import TypedSerializer
from crowd.errors import CrowdError
from crowd.projects.class_fields import ClassesField, class_lines, classes_in, lines_of
from crowd.projects.classes import MAX_CLASSES, Schema, numbered, refuse_lost_classes

LIMITS = ("least", "most")


class LimitsInUse(CrowdError):
    status, code = 409, "limits_in_use"


class ChoicesSchemaSerializer(TypedSerializer):
    """Workers give any number of the classes, from `least` to `most`."""

    classes = ClassesField(min_length=1)
    least = serializers.IntegerField(min_value=0, max_value=MAX_CLASSES, required=False, help_text="0 if left out.")
    most = serializers.IntegerField(min_value=1, max_value=MAX_CLASSES, required=False)

    def validate(self, attrs: Any) -> Any:
        n, least = len(attrs["classes"]), attrs.get("least", 0)
        if least > n:
            message = _("There are only {n} classes.").format(n=n)
            raise serializers.ValidationError({"least": message}, code="too_many")
        if not least <= attrs.get("most", n):
            message = _("It must not be less than the least.")
            raise serializers.ValidationError({"most": message}, code="not_a_range")
        return attrs

    def to_representation(self, instance: Any) -> dict[str, Any]:
        limits = {name: instance[name] for name in LIMITS if name in instance}
        return {**super().to_representation({"classes": instance["classes"]}), **limits}


class ChoicesSchema:
    """Classes can be added, and fewer or more of them allowed in an answer; never so that answers
    that are there would be refused."""

    serializer = ChoicesSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        """With a number for each class. Raises ClassesInUse, LimitsInUse."""
        if before:
            refuse_lost_classes(before, schema)
            _refuse_narrower(dict(before), dict(schema))
        return numbered(schema, before)

    def form_fields(self) -> dict[str, forms.Field]:
        return {
            "classes": class_lines(gettext_lazy("One a line. Workers choose whichever apply to a task.")),
            "least": forms.IntegerField(
                label=gettext_lazy("Fewest classes in an answer"),
                help_text=gettext_lazy("With 0, “none of these” is an answer."),
                required=False,
                min_value=0,
                max_value=MAX_CLASSES,
            ),
            "most": forms.IntegerField(
                label=gettext_lazy("Most classes in an answer"), required=False, min_value=1, max_value=MAX_CLASSES
            ),
        }

    def to_form(self, schema: Schema) -> dict[str, Any]:
        return {"classes": lines_of(schema), **{name: dict(schema).get(name, "") for name in LIMITS}}

    def from_form(self, data: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
        limits = {name: data[name] for name in LIMITS if data[name] not in (None, "")}
        return {"classes": classes_in(data["classes"], before), **limits}


def _refuse_narrower(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    narrower = {
        "least": after.get("least", 0) > before.get("least", 0),
        "most": after.get("most", MAX_CLASSES) < before.get("most", len(before["classes"])),
    }
    for name in LIMITS:
        if narrower[name]:
            message = _("It can't be made narrower: answers that are there might not fit any more.")
            fault = {"field": f"schema.{name}", "code": LimitsInUse.code, "detail": message}
            raise LimitsInUse(message, errors=[fault])
