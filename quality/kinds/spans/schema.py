"""What a project that asks for spans of a text says of its answers: the classes a span may have."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crowd.api import TypedSerializer
from crowd.projects.class_fields import ClassesField, class_lines, classes_in, lines_of
from crowd.projects.classes import Schema, numbered, refuse_lost_classes


class SpansSchemaSerializer(TypedSerializer):
    """Workers mark spans of a text, each with one of the classes."""

    classes = ClassesField(min_length=1)


class SpansSchema:
    """One class or more; more can be added."""

    serializer = SpansSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        """With a number for each class. Raises ClassesInUse."""
        if before:
            refuse_lost_classes(before, schema)
        return numbered(schema, before)

    def form_fields(self) -> dict[str, forms.Field]:
        return {"classes": class_lines(_("One a line. Workers mark parts of the text, each with one of them."))}

    def to_form(self, schema: Schema) -> dict[str, Any]:
        return {"classes": lines_of(schema)}

    def from_form(self, data: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"classes": classes_in(data["classes"], before)}
