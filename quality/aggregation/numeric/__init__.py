"""From numbers that many workers gave to one number per task, with its uncertainty.

>>> votes = NumericVotes.from_codes(tasks=[0, 0, 1], workers=[0, 1, 0], values=[1.5, 2.5, 7.0])
>>> fit = Gaussian().fit(votes)
>>> fit.labels, fit.deviation
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.numeric.auto import Auto
from quality.aggregation.numeric.averages import Mean, Median
from quality.aggregation.numeric.catd import CATD
from quality.aggregation.numeric.fit import NumericAggregator, NumericFit, WorkerErrors
from quality.aggregation.numeric.gaussian import Gaussian
from quality.aggregation.numeric.pm import PM
from quality.aggregation.numeric.values import NumericVotes
from quality.aggregation.registry import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(Auto, "the weighted mean, or what errs least on known values; says why"),
        "weighted-mean": Method(Gaussian.weighted_mean, "votes count for the precision of their worker"),
        "gaussian": Method(Gaussian, "every worker has a bias and a variance, and truths a normal prior"),
        "catd": Method(CATD, "votes count for the precision that a worker certainly has, so few votes count for less"),
        "pm": Method(PM, "votes count for the logarithm of their worker's share of all errors"),
        "mean": Method(Mean, "the mean of the votes"),
        "median": Method(Median, "the median of the votes"),
    }
)

__all__ = [
    "CATD",
    "METHODS",
    "PM",
    "Auto",
    "Gaussian",
    "Mean",
    "Median",
    "NumericAggregator",
    "NumericFit",
    "NumericVotes",
    "WorkerErrors",
]
