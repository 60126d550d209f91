"""How far the marks of a crowd can be believed: that many marked a place makes it probable, and
never certain."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.special import expit, logit

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.spans.rates import Counts, Prior, Rates, learnt
from quality.aggregation.spans.segments import Bools, Segments
from quality.aggregation.spans.votes import SpanVotes

PLACES = Prior(Rates(often=0.8, seldom=0.15, odds=0.6), worth=8.0)
"""Before anything is known, three of four places that a lone worker marks are to be marked; each
worker overlooks one of five, and of the places that anybody might take for one, marks one of
six."""

TEXTS = Prior(Rates(often=0.9, seldom=0.2, odds=2.0), worth=4.0)
"""Before anything is known, one text of three has nothing to mark, and a worker who marks nothing
is right four times of five."""

IMAGINED = 10.0
"""Known tasks that are imagined to have shown the crowd to be as good as it is taken for."""

STEEPEST = 3.0  # logits by which known tasks may move what is believed


@dataclass(frozen=True, slots=True)
class Sureness:
    """What a crowd has earned.

    places: the rates at which places are marked; texts: those at which anything in a text is.
    true_places: places that are to be marked in a text, on the average.
    shift: by how much, in logits, labels of known tasks were better than expected.
    """

    places: Rates
    texts: Rates
    true_places: float
    shift: float = 0.0

    @classmethod
    def of(cls, votes: SpanVotes, segments: Segments) -> Self:
        places = learnt(_marked_places(votes, segments), PLACES)
        texts = learnt(_marked_texts(votes), TEXTS)
        seen = votes.watchers[segments.task]
        found = places.probability(segments.share * seen, seen) * segments.length
        marked = sums(segments.task, found, votes.n_tasks)[votes.watchers > 0]
        reached = (1 - places.missed(votes.watchers))[votes.watchers > 0]
        return cls(places, texts, float(marked.sum() / max(reached.sum(), 1.0)))

    def held_against(self, truth: Floats, expected: Floats) -> Self:
        """The same crowd, as sure as it was right about known tasks. truth, expected: (tasks,) the
        F1 of the labels that it gave them by itself, and what it was expected to be."""
        if not len(truth):
            return self
        low, high = -STEEPEST, STEEPEST
        wanted = float(truth.sum() + IMAGINED * expected.mean())
        odds = logit(np.append(np.clip(expected, 0.001, 0.999), np.clip(expected.mean(), 0.001, 0.999)))
        weight = np.append(np.ones(len(expected)), IMAGINED)
        for _step in range(40):
            middle = (low + high) / 2
            above = float(weight @ expit(odds + middle)) > wanted
            low, high = (low, middle) if above else (middle, high)
        return replace(self, shift=(low + high) / 2)

    def shifted(self, confidence: Floats) -> Floats:
        """The confidences that known tasks have shown to be right."""
        if not self.shift:
            return confidence
        return np.asarray(expit(logit(np.clip(confidence, 0.001, 0.999)) + self.shift))


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """probability: (segments,) that each is to be marked. empty: (tasks,) that there is nothing to
    mark. true_places: (tasks,) how many places are to be marked, in expectation."""

    probability: Floats
    empty: Floats
    true_places: Floats

    @classmethod
    def of(cls, votes: SpanVotes, segments: Segments, sureness: Sureness) -> Self:
        """What is known is certain."""
        known = np.zeros(votes.n_tasks, dtype=bool)
        known[votes.known_tasks] = True
        seen = votes.watchers[segments.task]
        found = sureness.places.probability(np.rint(segments.share * seen), seen)
        probability: Floats = np.where(known[segments.task], segments.known.astype(np.float64), found)
        has_known = sums(segments.task, segments.known.astype(np.float64), votes.n_tasks) > 0
        empty = np.where(known, ~has_known, 1 - sureness.texts.probability(markers(votes), votes.watchers))
        missed = np.where(known, 0.0, sureness.true_places * sureness.places.missed(votes.watchers))
        return cls(probability, empty, sums(segments.task, probability * segments.length, votes.n_tasks) + missed)

    def f1(self, segments: Segments, kept: Bools, n_tasks: int) -> Floats:
        """(tasks,) the expected F1 of the kept places of each; where none is kept, the probability
        that none is to be."""
        right = sums(segments.task, 2 * segments.length * self.probability * kept, n_tasks)
        marked = sums(segments.task, segments.length * kept, n_tasks)
        found = np.divide(right, marked + self.true_places, out=np.zeros(n_tasks), where=marked > 0)
        return np.where(marked > 0, found, self.empty)


def markers(votes: SpanVotes) -> Floats:
    """(tasks,) how many workers marked anything."""
    pairs = np.unique(votes.tasks.astype(np.int64) * max(votes.n_workers, 1) + votes.workers)
    return sums(pairs // max(votes.n_workers, 1), np.ones(len(pairs)), votes.n_tasks)


def _marked_places(votes: SpanVotes, segments: Segments) -> Counts:
    """A segment counts for as much of the average one as it is long."""
    seen = votes.watchers[segments.task]
    truth = np.where(np.isin(segments.task, votes.known_tasks), segments.known, np.nan)
    length = segments.length
    mean = float(length.mean()) if len(length) else 1.0
    return Counts.of(np.rint(segments.share * seen), seen, truth, length / mean)


def _marked_texts(votes: SpanVotes) -> Counts:
    truth = np.full(votes.n_tasks, np.nan)
    truth[votes.known_tasks] = 0.0
    truth[votes.known.tasks] = 1.0
    return Counts.of(markers(votes), votes.watchers, truth)
