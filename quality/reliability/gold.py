"""The one rule by which answers to gold make a worker reliable or unreliable: the service's and the
command line's."""

import numpy as np
import numpy.typing as npt

from quality.evaluation.accuracy import Floats
from quality.reliability.sequential import SequentialTest, Verdict

FEWEST = 20  # gold answers before anything is said about a worker
KNOWN_BY_BAD, KNOWN_BY_GOOD = 0.1, 0.5  # of the answers that guessing gets wrong
BAD_CALLED_RELIABLE, GOOD_CALLED_UNRELIABLE = 0.05, 0.01
MOST_OF_PRIOR = 3.0  # answers that what was known before counts as at most


def gold_test(chance: float) -> SequentialTest:
    """The test where a guess is right with this probability: bad is who hardly does more than
    guess, and good who knows half of what guessing gets wrong, which is three in four of two
    classes."""
    bad, good = (chance + known * (1 - chance) for known in (KNOWN_BY_BAD, KNOWN_BY_GOOD))
    return SequentialTest(bad, good, alpha=BAD_CALLED_RELIABLE, beta=GOOD_CALLED_UNRELIABLE)


def gold_verdicts(
    right: Floats, seen: Floats, chance: float, *, prior: tuple[Floats | float, Floats | float] = (0.0, 0.0)
) -> npt.NDArray[np.int8]:
    """(workers,) values of `Verdict` on those who were right on `right` of `seen` gold answers,
    where a guess is right with probability `chance`. `prior`: right and seen answers that what was
    known of each before counts as."""
    weight = np.minimum(1.0, MOST_OF_PRIOR / np.maximum(prior[1], 1e-9))
    found = gold_test(chance).judge(right + weight * prior[0], seen + weight * prior[1]).verdict
    return np.where(seen < FEWEST, Verdict.UNKNOWN, found).astype(np.int8)
