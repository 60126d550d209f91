"""How much one more comparison of two items would say of their scores."""

import numpy as np
from scipy.special import expit

from quality.aggregation.codes import Floats

STRANGERS = 8.0
"""Variance of the difference between two items that were never compared (`BradleyTerry.prior`)."""


def gains(ahead: Floats, variance: Floats) -> Floats:
    """(pairs,) from 0 to 1, which is what the first comparison of two strangers says.

    ahead: how far one item is ahead of the other; variance: of that difference. A comparison has
    the information p (1 - p), and takes so much off the logarithm of the variance (D-optimality; as
    in X. Chen et al., 2013, section 5, without the part on workers).
    """
    chance = expit(ahead)
    gained: Floats = np.log1p(chance * (1 - chance) * variance) / np.log1p(STRANGERS / 4)
    return np.minimum(gained, 1.0)
