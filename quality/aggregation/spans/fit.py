"""What methods for spans promise: spans of many workers in, a `SpanFit` out."""

from dataclasses import dataclass

from quality.aggregation.codes import Floats
from quality.evaluation.spans import Spans


@dataclass(frozen=True, slots=True, eq=False)
class SpanFit:
    """The spans of each task.

    labels: the spans, by task, start, end and class; `scores` is the mean share, over the places of
        a span, of those who marked the place among those who saw the task. A known task has its
        known spans, with a score of 1.
    confidence: (tasks,) the expected F1 of the marked places of a task, if shares are
        probabilities; 1 where the spans are known or all who looked marked nothing, 0 where nobody
        looked.
    threshold: the share from which a place is kept. reason: where it comes from.
    """

    method: str
    labels: Spans
    confidence: Floats
    threshold: float
    iterations: int = 0
    converged: bool = True
    reason: str = ""
