"""From the masks of many workers to one mask per task, with the probability of each pixel.

>>> votes = MaskVotes.from_codes(
...     tasks=[0, 0], workers=[0, 1], masks=[[[1, 0], [1, 0]], [[1, 1], [1, 0]]]
... )
>>> fit = MaskAuto().fit(votes)
>>> fit.labels[0], fit.probability(0)
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.masks.fit import MaskFit, MaskWorkers
from quality.aggregation.masks.mask_share import MaskAuto, MaskMajority, MaskShare
from quality.aggregation.masks.staple import Staple
from quality.aggregation.masks.votes import MaskVotes
from quality.aggregation.registry import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(MaskAuto, "pixels that enough of the masks mark; says why so many are enough"),
        "mask-share": Method(MaskShare, "the same; the share is learnt from known masks, else half"),
        "mask-majority": Method(MaskMajority, "pixels that half of the masks mark; ties are inside"),
        "staple": Method(Staple, "every worker has a sensitivity and a specificity, shared by all tasks"),
    }
)

__all__ = ["METHODS", "MaskAuto", "MaskFit", "MaskMajority", "MaskShare", "MaskVotes", "MaskWorkers", "Staple"]
