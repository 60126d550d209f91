"""How often workers mark what is to be marked, and how often what is not: two rates, learnt from
how many of those who looked did."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.special import expit

from quality.aggregation.codes import Floats

SWEEPS = 100
CLOSE = 1e-6  # by which the rates change at most when they are settled
LEAST, MOST = 0.001, 0.999


@dataclass(frozen=True, slots=True)
class Rates:
    """A mixture of two binomials: of whoever looks, `often` marks what is to be marked, and
    `seldom` what is not. `odds`: how much of the former there is to one of the latter, marked or
    not."""

    often: float
    seldom: float
    odds: float

    def probability(self, marks: Floats, seen: Floats) -> Floats:
        """That something is to be marked which so many marked of so many who looked."""
        gain = np.log(self.often / self.seldom)
        loss = np.log((1 - self.often) / (1 - self.seldom))
        likely: Floats = expit(np.log(self.odds) + marks * gain + (seen - marks) * loss)
        return likely

    def missed(self, seen: Floats) -> Floats:
        """The probability that none of so many marks what is to be marked."""
        missed: Floats = (1 - self.often) ** seen
        return missed


@dataclass(frozen=True, slots=True)
class Prior:
    """What is taken for granted of every crowd: rates, and how many things of either sort, each
    looked at once, they are worth."""

    rates: Rates
    worth: float


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """marks, seen: (things,) how many marked each, of how many who looked. weight: (things,) what
    each counts for. truth: (things,) 1 and 0 where it is known to be to be marked and not to be,
    else nan. all_there: whether things that nobody marked are among them."""

    marks: Floats
    seen: Floats
    weight: Floats
    truth: Floats
    all_there: bool

    @classmethod
    def of(cls, marks: Floats, seen: Floats, truth: Floats, weight: Floats | None = None) -> Self:
        """Of things that are all there, or, with weights, of those that somebody marked."""
        used = (seen > 0) if weight is None else (marks > 0)
        weights = np.ones(len(marks)) if weight is None else weight
        return cls(marks[used], seen[used], weights[used], truth[used], weight is None)

    def unmarked(self, rate: float) -> Floats:
        """(things,) how many like each there are that nobody marked, at this rate of marking."""
        if self.all_there:
            return np.zeros(len(self.marks))
        nobody = (1 - rate) ** self.seen
        hidden: Floats = nobody / (1 - nobody)
        return hidden


def learnt(counts: Counts, prior: Prior) -> Rates:
    """The rates that are likeliest after these counts (expectation maximisation: Dempster, Laird
    and Rubin, 1977), where those that nobody marked may be hidden."""
    rates = prior.rates
    for _sweep in range(SWEEPS):
        true = np.where(np.isnan(counts.truth), rates.probability(counts.marks, counts.seen), counts.truth)
        often, so_many = _rate(counts, true, prior, rates.often, prior.rates.often)
        seldom, others = _rate(counts, 1 - true, prior, rates.seldom, prior.rates.seldom)
        before, rates = rates, _ordered(rates, often, seldom, _odds(prior, so_many, others))
        if max(abs(rates.often - before.often), abs(rates.seldom - before.seldom)) < CLOSE:
            break
    return rates


def _rate(counts: Counts, share: Floats, prior: Prior, rate: float, imagined: float) -> tuple[float, float]:
    """The rate at which things of one sort are marked, and how many there are of it. share:
    (things,) the probability that each is of the sort."""
    things = counts.weight * share
    looks = things * counts.seen * (1 + counts.unmarked(rate))
    marked = float(things @ counts.marks) + prior.worth * imagined
    found = marked / (float(looks.sum()) + prior.worth)
    return found, float((things * (1 + counts.unmarked(rate))).sum())


def _odds(prior: Prior, so_many: float, others: float) -> float:
    share = prior.rates.odds / (1 + prior.rates.odds)
    return (so_many + prior.worth * share) / (others + prior.worth * (1 - share))


def _ordered(rates: Rates, often: float, seldom: float, odds: float) -> Rates:
    """What is marked more often is what is to be marked."""
    often = min(max(often, 2 * LEAST), MOST)
    return replace(rates, often=often, seldom=min(max(seldom, LEAST), often / 2), odds=odds)
