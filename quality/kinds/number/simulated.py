"""What simulated workers answer who are asked for a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from quality.kinds.chance import draw, seed_of
from quality.kinds.number.beliefs import plain
from quality.kinds.number.tolerance import tolerances
from quality.kinds.simulated import RIGHT, TARGETED

Number = float | int
FURTHEST = 100.0
"""Guesses go from 0 to it where the project names no range."""


@dataclass(frozen=True, slots=True)
class SimulatedNumbers:
    """Errors are normal, of a spread by which as many are within the tolerance as the profile has
    right; the biased are too high by three quarters of the tolerance besides."""

    schema: Mapping[str, Any]

    def honest(self, truth: Number, profile: str, *words: object) -> Number:
        allowed = self._allowed(truth)
        spread = (allowed + self._rounding) / ndtri((1 + RIGHT[profile]) / 2)
        bias = 0.75 * allowed if profile == "biased" else 0.0
        return self._given(truth + bias + spread * np.random.default_rng(seed_of(*words)).standard_normal())

    def blind(self, *words: object) -> Number:
        low, high = self._range()
        return self._given(low + (high - low) * draw(*words))

    def in_turn(self, number: int, *words: object) -> Number:
        return self.blind(*words, number % 2)

    def wrong(self, truth: Number, *words: object) -> Number:
        low, high = self._range()
        apart = self._allowed(truth) * (3 + 3 * draw(*words))
        return self._given(truth + apart if truth + apart <= high else max(truth - apart, low))

    def mistaken(self, truth: Number) -> Number | None:
        is_target = draw("mistaken", truth) < TARGETED
        return self.wrong(truth, "mistaken") if is_target else None

    def _allowed(self, truth: Number) -> float:
        return float(tolerances(self.schema, np.array(float(truth))))

    @property
    def _rounding(self) -> float:
        """By how much a number that is given may be off because of its last decimal place."""
        return 0.5 * 10.0 ** -self.schema["decimals"] if "decimals" in self.schema else 0.0

    def _range(self) -> tuple[float, float]:
        low = self.schema.get("low", 0.0)
        return low, self.schema.get("high", low + FURTHEST)

    def _given(self, number: float) -> Number:
        low, high = self.schema.get("low", -np.inf), self.schema.get("high", np.inf)
        kept = float(np.clip(number, low, high))
        return plain(kept if "decimals" not in self.schema else round(kept, self.schema["decimals"]))
