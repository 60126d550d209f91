"""What is believed of tasks whose answers are texts: a text each, and how sure each of its words
is."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL
from quality.aggregation.texts import SureWords
from quality.aggregation.texts.wording import written
from quality.evaluation import Unit
from quality.kinds.matrix import PARTS, AnswerMatrix, Floats, Ints
from quality.kinds.text.votes import Fitted

DIGITS = 4  # after the point, of how sure a word is


@dataclass(frozen=True, slots=True, eq=False)
class TextBeliefs:
    """labels: of all tasks of a matrix; words: those of the labels, where nobody has decided.

    task: (tasks,) which of them these are. known: (tasks,) whether somebody has decided.
    confidence: (tasks,).
    """

    labels: Sequence[str]
    words: SureWords
    task: Ints
    known: npt.NDArray[np.bool_]
    confidence: Floats
    unit: Unit

    @classmethod
    def of(cls, matrix: AnswerMatrix, fitted: Fitted) -> Self:
        known, fit = matrix.known, fitted.fit
        certain = known != NO_LABEL
        labels = [
            matrix.values[place] if is_known else label or ""
            for place, is_known, label in zip(known.tolist(), certain.tolist(), fit.labels, strict=True)
        ]
        confidence = np.where(certain, 1.0, np.rint(np.clip(fit.confidence, 0.0, 1.0) * PARTS) / PARTS)
        return cls(labels, fit.words, np.arange(len(labels)), certain, confidence, fitted.unit)

    def some(self, places: Any) -> "TextBeliefs":
        some = self.task[places], self.known[places], self.confidence[places]
        return TextBeliefs(self.labels, self.words, *some, self.unit)

    def documents(self) -> Iterator[tuple[str, str]]:
        """The text, and its words with the probability that each is right."""
        for task, known in zip(self.task.tolist(), self.known.tolist(), strict=True):
            label = self.labels[task]
            detail = certain(label, self.unit) if known else _detail(self.unit, *self.words.of(task))
            yield json.dumps(label, ensure_ascii=False), json.dumps(detail, ensure_ascii=False)


def certain(text: str, unit: Unit) -> dict[str, Any]:
    """The detail of a text that somebody has decided."""
    words = [form for _, form in written(text, unit)]
    return _detail(unit, words, [1.0] * len(words))


def _detail(unit: Unit, words: Sequence[str], scores: Sequence[float]) -> dict[str, Any]:
    """As it is stored: in columns, which takes a third of the room."""
    return {
        "unit": unit,
        "text": [word.strip() or word for word in words],
        "score": [round(each, DIGITS) for each in scores],
    }
