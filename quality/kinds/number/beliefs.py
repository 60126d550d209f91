"""What is believed of tasks whose answers are numbers: a number each, and how far it may be off."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from quality.kinds.matrix import PARTS, AnswerMatrix, Floats
from quality.kinds.number.votes import Fitted

DIGITS = 9  # that tell, of a number nobody has said how exact it is
NORMAL = 1.959963984540054  # deviations from the middle to the ends of a 95% interval


@dataclass(frozen=True, slots=True, eq=False)
class NumberBeliefs:
    """labels, deviation, confidence: (tasks,)."""

    labels: Floats
    deviation: Floats
    confidence: Floats
    decimals: int | None

    @classmethod
    def of(cls, matrix: AnswerMatrix, made: Fitted) -> Self:
        confidence = np.rint(np.clip(made.confidence, 0.0, 1.0) * PARTS) / PARTS
        return cls(made.fit.labels, made.fit.deviation, confidence, matrix.schema.get("decimals"))

    def some(self, places: Any) -> "NumberBeliefs":
        some = self.labels[places], self.deviation[places], self.confidence[places]
        return NumberBeliefs(*some, self.decimals)

    def documents(self) -> Iterator[tuple[str, str]]:
        """The number as exact as it was asked for, and a 95% interval around it."""
        for label, deviation in zip(self.labels.tolist(), self.deviation.tolist(), strict=True):
            exact = label if self.decimals is None else round(label, self.decimals)
            reach = NORMAL * deviation
            detail = {"low": plain(label - reach), "high": plain(label + reach), "deviation": plain(deviation)}
            yield json.dumps(plain(exact)), json.dumps(detail)


def plain(number: float) -> float | int:
    """A number of few digits; a whole one without a point."""
    short = float(f"{number:.{DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 2**53 else short
