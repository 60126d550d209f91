"""How often each worker ticks a class that applies, and one that does not."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit, logit

from quality.aggregation.codes import Floats
from quality.aggregation.sets.cells import Cells, Ints

HIT = 0.8
"""How often a class that applies is ticked, before anything is seen of a crowd."""

GUESS = 0.25
"""And one that does not apply: this share of how often it is ticked at all."""

LEAST, MOST = 1e-5, 0.999
"""Between which a rate lies: no tick, and none that is missing, proves anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Log odds that add up: of the crowd, of how a worker differs from it, of how a class does, and
    of what a worker does with a class besides. `hit` is ticking a class that applies, `slip` one
    that does not.

    hit, slip: of the crowd. worker_hit, worker_slip: (workers,). kind_hit, kind_slip: (classes,).
    pair_worker, pair_kind, pair_hit, pair_slip: (pairs,) of some workers with some classes, in
        order of worker and class.
    shares: (classes,) how common each class is among tasks.
    correlation: between two voices on a cell beyond what its truth explains: n voices say as much
        as n / (1 + (n - 1) · correlation) that have nothing in common (L. Kish, 1965).
    """

    hit: float
    slip: float
    worker_hit: Floats
    worker_slip: Floats
    kind_hit: Floats
    kind_slip: Floats
    pair_worker: Ints
    pair_kind: Ints
    pair_hit: Floats
    pair_slip: Floats
    shares: Floats
    correlation: float = 0.0

    @classmethod
    def beginner(cls, cells: Cells) -> Self:
        """What crowds mostly are."""
        ticks = np.bincount(cells.kind, cells.ticks, minlength=cells.n_kinds)
        often = (ticks + 0.1) / (len(cells.workers) + 1)
        slips = np.clip(GUESS * often, LEAST, 0.5)
        mean = float(slips.mean()) if len(slips) else GUESS
        none, empty = np.zeros(0), np.zeros(0, dtype=np.int64)
        return cls(
            hit=float(logit(HIT)),
            slip=float(logit(mean)),
            worker_hit=np.zeros(cells.n_workers),
            worker_slip=np.zeros(cells.n_workers),
            kind_hit=np.zeros(cells.n_kinds),
            kind_slip=logit(slips) - logit(mean),
            pair_worker=empty,
            pair_kind=empty,
            pair_hit=none,
            pair_slip=none,
            shares=np.clip((often - slips) / (HIT - slips), LEAST, 0.9),
        )

    def of_pairs(self, cells: Cells) -> tuple[Floats, Floats]:
        """(pairs,) hit and slip rates of the pairs of these cells."""
        worker, kind = cells.pair_worker, cells.pair_kind
        hit = self.hit + self.worker_hit[worker] + self.kind_hit[kind]
        slip = self.slip + self.worker_slip[worker] + self.kind_slip[kind]
        size = max(cells.n_kinds, 1)
        keys, own = worker * size + kind, self.pair_worker * size + self.pair_kind
        place = np.searchsorted(own, keys)
        found = np.append(own, -1)[place] == keys
        hit[found] += self.pair_hit[place[found]]
        slip[found] += self.pair_slip[place[found]]
        return np.clip(expit(hit), LEAST, MOST), np.clip(expit(slip), LEAST, MOST)

    def hits_of_workers(self) -> Floats:
        """(workers,) how often each ticks a class that applies, whichever it is."""
        return np.clip(expit(self.hit + self.worker_hit), LEAST, MOST)


def evidence(cells: Cells, hit: Floats, slip: Floats) -> Floats:
    """(cells,) the log likelihood ratio of the voices on each cell; hit, slip: (pairs,)."""
    yes, no = np.log(hit / slip), np.log((1 - hit) / (1 - slip))
    return np.bincount(
        cells.cell, np.where(cells.ticked, yes[cells.pair], no[cells.pair]), minlength=len(cells.task)
    ).astype(np.float64, copy=False)


def damping(answers: Floats | Ints, correlation: float) -> Floats:
    """What a voice counts for beside so many others on the same cell."""
    return 1 / (1 + correlation * np.maximum(np.asarray(answers, dtype=np.float64) - 1, 0))
