"""What simulated workers answer who are asked for a step of a scale."""

from dataclasses import dataclass

import numpy as np

from quality.kinds.chance import pick_from
from quality.kinds.simulated import RIGHT, SLIPS, Counted

FADES = 0.3
"""A step further off is so much less likely."""


@dataclass(frozen=True, slots=True)
class SimulatedRatings(Counted):
    """Who errs is mostly off by one; the biased take everything for one step higher."""

    def honest(self, truth: int, profile: str, *words: object) -> int:
        steps = np.arange(len(self.codes))
        centre = min(truth + 1, len(steps) - 1) if profile == "biased" else truth
        right = 1 - SLIPS if profile == "biased" else RIGHT[profile]
        off = np.where(steps == centre, 0.0, FADES ** np.abs(steps - centre))
        shares = off / off.sum() * (1 - right)
        shares[centre] = right
        return self.codes[pick_from(shares, *words)]
