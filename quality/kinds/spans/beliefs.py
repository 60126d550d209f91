"""What is believed of tasks whose answers are spans: a set of them each, and how probable each span
is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from quality.aggregation.spans import SpanFit
from quality.evaluation.spans import Spans
from quality.kinds.matrix import PARTS, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class SpanBeliefs:
    """spans: of all tasks, in order of these. tasks: which of them are meant; confidence: of
    each."""

    spans: Spans
    tasks: Ints
    confidence: Floats

    @classmethod
    def of(cls, fit: SpanFit) -> Self:
        confidence = np.rint(np.clip(fit.confidence, 0.0, 1.0) * PARTS) / PARTS
        return cls(fit.labels, np.arange(len(confidence)), confidence)

    def some(self, places: Any) -> "SpanBeliefs":
        return SpanBeliefs(self.spans, self.tasks[places], self.confidence[places])

    def documents(self) -> Iterator[tuple[str, str]]:
        """The spans, and the spans with the score of each."""
        spans = self.spans
        scores = np.rint(np.clip(spans.scores, 0.0, 1.0) * PARTS) / PARTS
        columns = (each.tolist() for each in (spans.starts, spans.ends, spans.classes, scores))
        rows = list(zip(*columns, strict=True))
        first, last = (np.searchsorted(spans.tasks, self.tasks, side).tolist() for side in ("left", "right"))
        for start, end in zip(first, last, strict=True):
            yield json.dumps([row[:3] for row in rows[start:end]]), json.dumps(rows[start:end])
