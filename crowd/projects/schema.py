"""The kind of answer a project asks for, and its classes, as owners write them and as the project
keeps them."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crowd.api import StrictSerializer
from crowd.projects.class_names import alike, has_unseen
from crowd.projects.classes import ClassDefinition
from crowd.projects.classes import Schema as Schema  # noqa: PLC0414 (others import it from here)
from crowd.projects.classes import with_keys as with_keys  # noqa: PLC0414 (others import it from here)

MAX_CLASSES = 1000
MAX_CLASS_NAME = 200
COLOR = re.compile(r"^#[0-9a-fA-F]{6}\Z")
# Every answer type of the contract by name; those a release can't collect yet are refused by name.
ANSWER_TYPES = ("choice",)
ANNOUNCED_TYPES = ("choices", "rating", "number", "text", "boxes", "polygons", "pairwise")


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string"},
            {
                "type": "object",
                "required": ["name"],
                "properties": {name: {"type": "string"} for name in ("name", "title", "key", "color")},
            },
        ]
    }
)
class ClassField(serializers.Field[Any, Any, Any, Any]):
    """A class: its name alone, or an object with a name, and maybe a title, a key and a colour."""

    def to_internal_value(self, data: Any) -> ClassDefinition:
        if isinstance(data, str):
            data = {"name": data}
        serializer = ClassSerializer(data=data, context=self.context)
        serializer.is_valid(raise_exception=True)
        definition: ClassDefinition = serializer.validated_data
        return definition

    def to_representation(self, value: ClassDefinition) -> dict[str, Any]:
        return {name: given for name, given in value.items() if name != "number"}


class ClassSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MAX_CLASS_NAME)
    title = serializers.CharField(max_length=200, required=False)
    key = serializers.CharField(max_length=1, required=False)
    color = serializers.RegexField(COLOR, required=False)

    def validate_name(self, value: str) -> str:
        """In NFC, but for a class that the project has: answers are stored under its name."""
        if value in _known_classes(self):
            return value
        if has_unseen(value):
            message = _("{name} holds characters that can't be seen.").format(name=ascii(value)[1:-1])
            raise serializers.ValidationError(message, code="unseen_characters")
        return unicodedata.normalize("NFC", value)


def _known_classes(serializer: serializers.BaseSerializer[Any]) -> Sequence[str]:
    project = serializer.context.get("project")
    return project.class_names if project else ()


@extend_schema_field({"type": "string", "enum": list(ANSWER_TYPES)})
class AnswerTypeField(serializers.CharField):
    """Checked by the serializer, which can say more than that a choice is not among the choices."""


class SchemaSerializer(StrictSerializer):
    type = AnswerTypeField()
    classes = serializers.ListField(child=ClassField(), min_length=2, max_length=MAX_CLASSES)

    def validate_type(self, value: str) -> str:
        if value in ANNOUNCED_TYPES:
            raise serializers.ValidationError(
                _("Answers of type {type} can't be collected yet; use one of: {types}.").format(
                    type=value, types=", ".join(ANSWER_TYPES)
                ),
                code="unsupported_answer_type",
            )
        if value not in ANSWER_TYPES:
            raise serializers.ValidationError(
                _("There is no such answer type; use one of: {types}.").format(types=", ".join(ANSWER_TYPES)),
                code="unknown_answer_type",
            )
        return value

    def validate_classes(self, value: list[ClassDefinition]) -> list[ClassDefinition]:
        _refuse_repeats([definition["name"] for definition in value], _("Two classes have the name {name}."))
        if pair := alike((d["name"] for d in value), _known_classes(self)):
            message = _("{one} and {other} look alike; nobody could tell these classes apart.")
            raise serializers.ValidationError(message.format(one=pair[0], other=pair[1]), code="look_alike")
        _refuse_repeats([d["key"] for d in value if "key" in d], _("Two classes have the key {name}."))
        return value


def _refuse_repeats(names: list[str], message: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise serializers.ValidationError(message.format(name=name), code="repeated")
        seen.add(name)
