"""The rates of workers and classes from answers: expectation maximisation over cells."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from quality.aggregation.codes import Floats
from quality.aggregation.sets.cells import Cells
from quality.aggregation.sets.rates import LEAST, MOST, Rates, evidence

FEW_ANSWERS = 3.0
"""Answers a task up to which workers can't be compared: with two, each is judged by one other."""

ROUNDS, STILL = 60, 1e-3
"""Rounds at most, and the change of a probability that is none."""

CROWD_HITS, CROWD_SLIPS = 10.0, 40.0
OWN_HITS, OWN_SLIPS = 5.0, 20.0
PAIR_HITS, PAIR_SLIPS = 30.0, 120.0
"""Imagined voices that the crowd, one worker or class, and one worker with one class lean on."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Voices of each pair of worker and class, in expectation: ticks of what applies, and of what
    does not; and all voices on either."""

    hits: Floats
    there: Floats
    slips: Floats
    absent: Floats

    @classmethod
    def of(cls, cells: Cells, probability: Floats, weight: Floats) -> "Tally":
        yes, no = (weight * probability)[cells.cell], (weight * (1 - probability))[cells.cell]
        n, pair, ticked = len(cells.pair_worker), cells.pair, cells.ticked
        hits, there, slips, absent = (_by(pair, each, n) for each in (yes * ticked, yes, no * ticked, no))
        return cls(hits, there, slips, absent + cells.silent)


def learn_rates(cells: Cells, history: Floats) -> tuple[Rates, int]:
    """The rates, and the rounds that it took. With few answers a task they are those of crowds as
    they mostly are.

    They are learnt without known sets, so that these can show how far the rates may be believed.
    history: (2, workers) right answers and all answers that each worker is credited with.
    """
    start = Rates.beginner(cells)
    if are_few(cells):
        return start, 0
    answered = int(np.count_nonzero(cells.answers))
    weight = (cells.answers[cells.task] > 1).astype(np.float64)
    probability, rates, rounds = cells.shares, start, 0
    for rounds in range(1, ROUNDS + 1):  # noqa: B007 (how many there were is told)
        before = probability
        rates, hit, slip = _maximised(cells, start, Tally.of(cells, before, weight), before, history, answered)
        probability = expit(logit(rates.shares)[cells.kind] + evidence(cells, hit, slip))
        if np.abs(probability - before).max(initial=0.0) < STILL:
            break
    return replace(rates, correlation=_correlation(cells, rates, probability)), rounds


def are_few(cells: Cells) -> bool:
    """Whether tasks have too few answers to compare workers."""
    return len(cells.workers) < FEW_ANSWERS * max(int(np.count_nonzero(cells.answers)), 1)


def _maximised(
    cells: Cells, start: Rates, tally: Tally, probability: Floats, history: Floats, answered: int
) -> tuple[Rates, Floats, Floats]:
    """The likeliest rates given the tally, and those of each pair."""
    worker, kind, n, k = cells.pair_worker, cells.pair_kind, cells.n_workers, cells.n_kinds
    hit = _leaning(tally.hits.sum(), tally.there.sum(), expit(start.hit), CROWD_HITS)
    slip = _leaning(tally.slips.sum(), tally.absent.sum(), expit(start.slip), CROWD_SLIPS)
    base = np.clip(expit(logit(slip) + start.kind_slip), LEAST, 0.5)
    own = [
        _leaning(_by(worker, tally.hits, n) + history[0], _by(worker, tally.there, n) + history[1], hit, OWN_HITS),
        _leaning(_by(worker, tally.slips, n), _by(worker, tally.absent, n), slip, OWN_SLIPS),
        _leaning(_by(kind, tally.hits, k), _by(kind, tally.there, k), hit, OWN_HITS),
        _leaning(_by(kind, tally.slips, k), _by(kind, tally.absent, k), base, OWN_SLIPS),
    ]
    worker_hit, worker_slip, kind_hit, kind_slip = (
        logit(np.clip(each, LEAST, MOST)) - logit(crowd) for each, crowd in zip(own, (hit, slip) * 2, strict=True)
    )
    hits = np.clip(expit(logit(hit) + worker_hit[worker] + kind_hit[kind]), LEAST, MOST)
    slips = np.clip(expit(logit(slip) + worker_slip[worker] + kind_slip[kind]), LEAST, MOST)
    pair_hit = np.clip(_leaning(tally.hits, tally.there, hits, PAIR_HITS), LEAST, MOST)
    pair_slip = np.clip(_leaning(tally.slips, tally.absent, slips, PAIR_SLIPS), LEAST, MOST)
    rates = Rates(
        float(logit(hit)),
        float(logit(slip)),
        worker_hit,
        worker_slip,
        kind_hit,
        kind_slip,
        worker,
        kind,
        logit(pair_hit) - logit(hits),
        logit(pair_slip) - logit(slips),
        np.clip((_by(cells.kind, probability, k) + 1) / (answered + 2), LEAST, MOST),
    )
    return rates, pair_hit, pair_slip


def _leaning(counted: Floats, of: Floats, on: Floats | float, weight: float) -> Floats:
    """A share that leans on another where little was counted."""
    share: Floats = (counted + weight * np.asarray(on)) / (of + weight)
    return share


def _by(groups: npt.NDArray[np.integer], values: Floats, n: int) -> Floats:
    return np.bincount(groups, values, minlength=n).astype(np.float64, copy=False)


def _correlation(cells: Cells, rates: Rates, probability: Floats) -> float:
    """Between what two voices on a cell are above or below what the rates say, whether the class
    applies or not; cells that nobody ticked count as well."""
    above = below = 0.0
    for chance, weight in zip(rates.of_pairs(cells), (probability, 1 - probability), strict=True):
        rest = cells.ticked - chance[cells.pair]
        spread = np.sqrt(chance * (1 - chance))[cells.pair]
        above += float(weight @ _between(cells, rest))
        below += float(weight @ _between(cells, spread))
    pairs = cells.answers * (cells.answers - 1.0)
    silent = pairs.sum() - _by(cells.kind, pairs[cells.task], cells.n_kinds)
    slip = expit(rates.slip + rates.kind_slip)
    above += float(silent @ slip**2)
    below += float(silent @ (slip * (1 - slip)))
    return max(above / below, 0.0) if below > 0 else 0.0


def _between(cells: Cells, values: Floats) -> Floats:
    """(cells,) the sum of the products of any two voices' values."""
    n = len(cells.task)
    products: Floats = _by(cells.cell, values, n) ** 2 - _by(cells.cell, values**2, n)
    return products
