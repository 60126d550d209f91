"""A second kind of answer, as far as projects are concerned: how good the mood is, from a least to
a most."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from django import forms
from rest_framework import serializers

from crowd.api import StrictSerializer
from crowd.projects.answer_kinds import Answer, AnswerKind, Schema, register, registered
from crowd.projects.models import Project
from quality.kinds.defaults import Uncounted


class MoodSchemaSerializer(StrictSerializer):
    least = serializers.IntegerField()
    most = serializers.IntegerField(required=False)


class MoodSchema:
    serializer = MoodSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        return schema

    def form_fields(self) -> dict[str, forms.Field]:
        return {"least": forms.IntegerField(label="Least mood")}

    def to_form(self, schema: Schema) -> dict[str, Any]:
        return {"least": schema["least"]}

    def from_form(self, data: Mapping[str, Any], before: Schema | None) -> dict[str, Any]:
        return {"least": data["least"]}


class Mood(Uncounted):
    name, label = "mood", "How good the mood is"
    schema = MoodSchema()
    methods = ("auto", "mean-mood")
    right_from = 1.0

    def parse(self, value: Any, project: Project) -> int:
        return int(value)

    def text(self, schema: Schema) -> Callable[[Any], str]:
        return str

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        return str

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return float(given == right)

    def chance(self, schema: Schema) -> float:
        return 0.0

    def prediction(self, given: Mapping[str, Any], project: Project) -> Any:
        return given

    def asked(self, schema: Schema) -> dict[str, Any]:
        return {}


@contextmanager
def offered(kind: AnswerKind) -> Iterator[AnswerKind]:
    """The kind, registered for a while."""
    register(kind)
    try:
        yield kind
    finally:
        cast(dict[str, Any], registered()).pop(kind.name)
