"""From votes on classes that have an order, lowest first, to the class that is least far off.

>>> votes = Votes.from_codes(tasks=[0, 0, 0], workers=[0, 1, 2], labels=[0, 2, 3])
>>> OrdinalMedian().fit(votes).labels
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.ordinal.auto import OrdinalAuto
from quality.aggregation.ordinal.dawid_skene import OrdinalDawidSkene
from quality.aggregation.ordinal.fit import OrdinalFit
from quality.aggregation.ordinal.median import OrdinalMedian
from quality.aggregation.registry import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(OrdinalAuto, "the model of workers where they can be compared, else the median; says why"),
        "ordinal-dawid-skene": Method(OrdinalDawidSkene, "confusion matrices that expect near misses along the scale"),
        "ordinal-median": Method(OrdinalMedian, "the class in the middle of the votes"),
    }
)

__all__ = ["METHODS", "OrdinalAuto", "OrdinalDawidSkene", "OrdinalFit", "OrdinalMedian"]
