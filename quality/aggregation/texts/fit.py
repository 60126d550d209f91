"""What methods for texts promise: answers in, a `TextFit` out."""

from dataclasses import dataclass
from typing import Protocol

from quality.aggregation.codes import Floats
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
    iterations, converged: how many it took, and whether the last one changed less than the
        tolerance.
    """

    method: str
    labels: tuple[str | None, ...]
    confidence: Floats
    workers: TextWorkers | None = None
    iterations: int = 0
    converged: bool = True
    reason: str = ""


class TextAggregator(Protocol):
    """A method: frozen settings and one verb that reads votes, changes nothing and always returns
    the same."""

    def fit(self, votes: TextVotes) -> TextFit: ...


def with_known(votes: TextVotes, labels: dict[int, str], confidence: Floats) -> tuple[tuple[str | None, ...], Floats]:
    """Labels by task code with the known ones put in, one entry a task, and the confidence (tasks,)
    of each."""
    known = dict(votes.known)
    sure = confidence.copy()
    sure[list(known)] = 1.0
    told = labels | known
    return tuple(told.get(task) for task in range(votes.n_tasks)), sure
