"""What methods for spans promise: spans of many workers in, a `SpanFit` out."""

from dataclasses import dataclass
from typing import Protocol

from quality.aggregation.codes import Floats
from quality.aggregation.spans.segments import Segments
from quality.aggregation.spans.sureness import Beliefs, Sureness
from quality.aggregation.spans.votes import SpanVotes
from quality.evaluation.spans import Spans


class SpanJudge(Protocol):
    """What a fit makes of votes that come later, without learning anew."""

    @property
    def threshold(self) -> float | None: ...

    @property
    def sureness(self) -> Sureness | None: ...

    def fit(self, votes: SpanVotes) -> "SpanFit": ...


@dataclass(frozen=True, slots=True, eq=False)
class SpanFit:
    """The spans of each task.

    labels: the spans, by task, start, end and class; `scores` is the mean probability, over the
        places of a span, that they are to be marked. A known task has its known spans, with a score
        of 1.
    confidence: (tasks,) the expected F1 of the marked places of a task; where none is marked, the
        probability that none is to be. 1 where the spans are known, 0 where nobody looked.
    threshold: the share from which a place is kept. reason: where it comes from.
    segments, beliefs: what is believed of each stretch that somebody marked.
    judge: the same method, which has learnt from these votes.
    """

    method: str
    labels: Spans
    confidence: Floats
    threshold: float
    segments: Segments
    beliefs: Beliefs
    judge: SpanJudge
    iterations: int = 0
    converged: bool = True
    reason: str = ""
