"""What a project says of the answers it asks for: the name of their kind, and with it whatever that
kind wants to know."""

from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from crowd.api import StrictSerializer
from crowd.projects.answer_kinds import Schema, registered

AnySerializer = serializers.Serializer[Any] | type[serializers.Serializer[Any]]

# The answer types of the contract that a release can't collect yet are refused by name.
ANNOUNCED_TYPES = ("boxes", "polygons", "masks", "keypoints")


class TypeSerializer(serializers.Serializer[Any]):
    """The part of a schema that says what the rest is. Its context may have a `project`, whose
    answers stay of one kind."""

    type = serializers.CharField()

    def validate_type(self, value: str) -> str:
        known = ", ".join(registered())
        if value in registered():
            return self._unchanged(value)
        if value in ANNOUNCED_TYPES:
            message = _("Answers of type {type} can't be collected yet; use one of: {types}.")
            raise serializers.ValidationError(message.format(type=value, types=known), code="unsupported_answer_type")
        message = _("There is no such answer type; use one of: {types}.")
        raise serializers.ValidationError(message.format(types=known), code="unknown_answer_type")

    def _unchanged(self, value: str) -> str:
        project = self.context.get("project")
        if project and project.schema["type"] != value:
            message = _("The answer type of a project can't be changed. Make another project.")
            raise serializers.ValidationError(message, code="answer_type_in_use")
        return value


class SchemaField(serializers.Field[Any, Any, Any, Any]):
    """A schema, read and shown by the rules of its kind."""

    def to_internal_value(self, data: Any) -> Schema:
        whole = TypeSerializer(data=data, context=self.context)
        whole.is_valid(raise_exception=True)
        kind = registered()[whole.validated_data["type"]]
        given = {name: value for name, value in data.items() if name != "type"}
        rest = kind.schema.serializer(data=given, context=self.context)
        rest.is_valid(raise_exception=True)
        return {"type": kind.name, **rest.validated_data}

    def to_representation(self, value: Schema) -> dict[str, Any]:
        return shown(value)


def shown(schema: Schema) -> dict[str, Any]:
    """A stored schema as its owners wrote it, without what the service keeps for itself."""
    serializer = registered()[schema["type"]].schema.serializer()
    return {"type": schema["type"], **serializer.to_representation(schema)}


class SchemaDocument(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Tells the API document what a schema of each kind looks like."""

    target_class = SchemaField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        kinds: dict[str, AnySerializer] = {
            name: _with_type(name, kind.schema.serializer) for name, kind in registered().items()
        }
        whole = PolymorphicProxySerializer("Schema", kinds, resource_type_field_name="type")
        reference: dict[str, Any] = auto_schema.resolve_serializer(whole, direction).ref
        return reference


@cache
def _with_type(name: str, rest: type[StrictSerializer]) -> AnySerializer:
    return type(rest.__name__, (rest,), {"type": serializers.ChoiceField(choices=[name]), "__doc__": rest.__doc__})
