"""A toy: whole numbers up to twelve, in words. They are not counted up as classes are: a near miss
is nearly right, and the label lies in the middle of what was said."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median_low
from typing import Any

import numpy as np
from django import forms
from rest_framework import serializers

from crowd.api import StrictSerializer
from crowd.projects.answer_kinds import Answer, InvalidAnswer, Schema
from crowd.projects.models import Project
from quality.aggregation import NO_LABEL
from quality.kinds.defaults import Uncounted
from quality.kinds.matrix import AnswerMatrix, Floats, Ints
from quality.kinds.protocol import KindFit

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
RIGHT_FROM, CHANCE = 0.9, 0.2


class WordsSchemaSerializer(StrictSerializer):
    most = serializers.IntegerField(min_value=1, max_value=12, default=12)


class WordsSchema:
    serializer = WordsSchemaSerializer

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        return schema

    def form_fields(self) -> dict[str, forms.Field]:
        return {"most": forms.IntegerField(label="The largest number", initial=12)}

    def to_form(self, schema: Schema) -> dict[str, Any]:
        return {"most": schema["most"]}

    def from_form(self, data: Mapping[str, Any], before: Schema | None) -> dict[str, Any]:
        return {"most": data["most"]}


@dataclass(frozen=True, slots=True, eq=False)
class Middles:
    """labels: (tasks,) numbers. confidence: (tasks,)."""

    labels: Ints
    confidence: Floats

    def some(self, places: Any) -> "Middles":
        return Middles(self.labels[places], self.confidence[places])

    def documents(self) -> Iterator[tuple[str, str]]:
        return ((str(label), json.dumps({"is_even": label % 2 == 0})) for label in self.labels.tolist())


class Words(Uncounted):
    name, label = "words", "A number in words"
    schema = WordsSchema()
    methods = ("auto", "median")
    right_from = RIGHT_FROM
    measures = ()

    def parse(self, value: Any, project: Project) -> int:
        if value in WORDS[: project.schema["most"] + 1]:
            return WORDS.index(value)
        raise InvalidAnswer(f"{value!r} is no number in words.")

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        return lambda answer: None if answer is None else WORDS[answer]

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        return WORDS.__getitem__

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        return lambda answer: "" if answer is None else WORDS[answer].title()

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return 1 - abs(given - right) / 12

    def chance(self, schema: Schema) -> float:
        return CHANCE

    def asked(self, schema: Schema) -> dict[str, Any]:
        return {"words": WORDS[: schema["most"] + 1]}

    def keys(self, schema: Schema) -> dict[str, str]:
        return {"z": "Zero"}

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        values = np.array(matrix.values, dtype=np.int64)
        labels, confidence = np.zeros(len(matrix.task_ids), dtype=np.int64), np.ones(len(matrix.task_ids))
        for task, known in enumerate(matrix.known.tolist()):
            said = np.sort(values[matrix.answer[matrix.task == task]]).tolist()
            labels[task] = median_low(said) if known == NO_LABEL else values[known]
            if known == NO_LABEL:
                confidence[task] = (said.count(labels[task]) + 1) / (len(said) + 2)
        gold = matrix.gold[matrix.task]
        given = values[matrix.answer]
        return KindFit(
            beliefs=Middles(labels, confidence),
            right=1 - np.abs(given - labels[matrix.task]) / 12,
            on_gold=np.where(gold == NO_LABEL, np.nan, 1 - np.abs(given - values[gold]) / 12),
            right_from=RIGHT_FROM,
            chance=CHANCE,
            method="median",
            reason="there is no other",
        )

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        return self.fit(matrix, "median")

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        return b"nothing is learnt"

    def decided(self, answer: Answer, schema: Schema) -> dict[str, bool]:
        return {"is_even": answer % 2 == 0}

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return {}
