"""What methods for texts promise: answers in, a `TextFit` out."""

from dataclasses import dataclass, replace
from typing import Protocol, Self

from quality.aggregation.codes import Floats
from quality.aggregation.texts.sureness import SureWords, tempered
from quality.aggregation.texts.votes import TextVotes


@dataclass(frozen=True, slots=True, eq=False)
class TextWorkers:
    """What a method believes about each worker.

    accuracy: (workers,) the share of a worker's words that are right where answers differ;
        deviation: (workers,) the standard deviation of what is believed about it.
    weight: (workers,) what a vote of the worker counts for, in nats.
    """

    accuracy: Floats
    deviation: Floats
    weight: Floats


@dataclass(frozen=True, slots=True, eq=False)
class TextFit:
    """The text of each task.

    method: the public name of the method that did the work; when `auto` chose it, `reason` says
        why.
    labels: (tasks,) the text; the known one where it is known, None where there is no answer
        either.
    confidence: (tasks,) the share of the words of the label that are right, in expectation: 1 where
        it is known, and 0 where there is no label.
    workers: None if the method takes all workers for equally good.
    words: what answers say at the places of each task in which the label has a word, and how sure
        that is. right: (answers,) the share of the words of each that are right, in expectation, in
        the order in which the votes were drawn.
    trust: (workers,) the accuracy by which words are believed; easy: the share of places that
        everybody gets right.
    iterations, converged: how many it took, and whether the last one changed less than the
        tolerance.
    """

    method: str
    labels: tuple[str | None, ...]
    confidence: Floats
    words: SureWords
    right: Floats
    trust: Floats
    easy: float
    workers: TextWorkers | None = None
    iterations: int = 0
    converged: bool = True
    reason: str = ""

    def tempered(self, power: float) -> Self:
        """The same, as sure as known texts show that it may be (`sureness.power_of`)."""
        words = replace(self.words, belief=tempered(self.words.belief, power))
        return replace(self, confidence=tempered(self.confidence, power), words=words)


class TextAggregator(Protocol):
    """A method: frozen settings and one verb that reads votes, changes nothing and always returns
    the same."""

    def fit(self, votes: TextVotes) -> TextFit: ...
