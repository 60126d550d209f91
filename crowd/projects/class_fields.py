"""Classes as owners write them, by API and by form; for every kind of answer that has some."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from crowd.api import TypedSerializer
from crowd.projects.class_names import alike, has_unseen
from crowd.projects.classes import MAX_CLASS_NAME, MAX_CLASSES, ClassDefinition, Schema, class_names

COLOR = re.compile(r"^#[0-9a-fA-F]{6}\Z")


def checked_name(value: str) -> str:
    """The name of a new class as it is stored. Raises ValidationError."""
    if has_unseen(value):
        message = _("{name} holds characters that can't be seen.").format(name=ascii(value)[1:-1])
        raise serializers.ValidationError(message, code="unseen_characters")
    return unicodedata.normalize("NFC", value)


def refuse_look_alikes(names: Iterable[str], known: Sequence[str] = ()) -> None:
    """Raises ValidationError where people can't tell two apart, of which one is new."""
    if pair := alike(names, known):
        message = _("{one} and {other} look alike; nobody could tell these classes apart.")
        raise serializers.ValidationError(message.format(one=pair[0], other=pair[1]), code="look_alike")


class ClassSerializer(TypedSerializer):
    """A class: its name alone, or an object with a name, and maybe a title, a key and a colour."""

    name = serializers.CharField(max_length=MAX_CLASS_NAME)
    title = serializers.CharField(max_length=200, required=False)
    key = serializers.CharField(max_length=1, required=False)
    color = serializers.RegexField(COLOR, required=False)

    def validate_name(self, value: str) -> str:
        """In NFC, but for a class that the project has: answers were given by its name."""
        return value if value in _known_classes(self) else checked_name(value)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({"name": data} if isinstance(data, str) else data)

    def to_representation(self, instance: ClassDefinition) -> dict[str, Any]:
        return {name: given for name, given in instance.items() if name != "number"}


class NameOrClass(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Tells the API document that a class may be given by its name alone."""

    target_class = ClassSerializer
    priority = 1  # before what is said of all strict bodies

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction != "request":
            return schema
        return {"oneOf": [{"type": "string"}, {**schema, "additionalProperties": False}]}


class ClassesField(serializers.ListField):
    """The classes of a project, at least `min_length`, of which people can tell any two apart."""

    child = ClassSerializer()

    def __init__(self, *, min_length: int, **options: Any) -> None:
        super().__init__(min_length=min_length, max_length=MAX_CLASSES, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        classes: list[ClassDefinition] = super().run_validation(data)
        _refuse_repeats([each["name"] for each in classes], _("Two classes have the name {name}."))
        refuse_look_alikes((each["name"] for each in classes), _known_classes(self))
        _refuse_repeats([each["key"] for each in classes if "key" in each], _("Two classes have the key {name}."))
        return classes


def _known_classes(field: serializers.Field[Any, Any, Any, Any]) -> Sequence[str]:
    project = field.context.get("project")
    return class_names(project.schema) if project else ()


def _refuse_repeats(names: list[str], message: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise serializers.ValidationError(message.format(name=name), code="repeated")
        seen.add(name)


def class_lines(help_text: Any) -> forms.CharField:
    """The field of a form for classes: the name of one a line."""
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(label=gettext_lazy("Classes"), help_text=help_text, widget=widget)


def lines_of(schema: Schema) -> str:
    return "\n".join(class_names(schema))


def classes_in(lines: str, before: Mapping[str, Any] | None) -> list[Any]:
    """The classes of such a field. A class that was there `before` keeps what its line does not
    say."""
    known = {each["name"]: each for each in before["classes"]} if before else {}
    names = [line.strip() for line in lines.splitlines() if line.strip()]
    return [known.get(name, name) for name in names]
