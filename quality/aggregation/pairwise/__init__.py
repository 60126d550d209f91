"""From comparisons of two items to a ranking: left is better, right is better, or they are equal.

>>> comparisons = Comparisons.from_rows(
...     left=[0, 0], right=[1, 2], workers=[0, 1], labels=[LEFT, EQUAL]
... )
>>> fit = NoisyBradleyTerry().fit(comparisons)
>>> fit.scores, fit.ranks, fit.beats([0], [1])
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.pairwise.auto import PairwiseAuto
from quality.aggregation.pairwise.bradley_terry import BradleyTerry
from quality.aggregation.pairwise.comparisons import EQUAL, LEFT, RIGHT, Comparisons
from quality.aggregation.pairwise.fit import Judges, PairwiseFit
from quality.aggregation.pairwise.noisy_bradley_terry import NoisyBradleyTerry
from quality.aggregation.registry import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(PairwiseAuto, "the model of workers where they can be compared; says why"),
        "noisy-bradley-terry": Method(NoisyBradleyTerry, "every item has a strength, and every worker a reliability"),
        "bradley-terry": Method(BradleyTerry, "every item has a strength, and workers are equally good"),
    }
)

__all__ = [
    "EQUAL",
    "LEFT",
    "METHODS",
    "RIGHT",
    "BradleyTerry",
    "Comparisons",
    "Judges",
    "NoisyBradleyTerry",
    "PairwiseAuto",
    "PairwiseFit",
]
