"""From the boxes of many workers to one set of boxes per task, each with the probability that it
exists.

>>> votes = BoxVotes.from_codes(
...     tasks=[0, 0], workers=[0, 1], corners=[[0, 0, 10, 10], [1, 0, 11, 10]]
... )
>>> fit = BoxClusters().fit(votes)
>>> fit.labels.corners, fit.labels.scores
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.boxes.box_clusters import BoxClusters
from quality.aggregation.boxes.fit import BoxFit, BoxWorkers
from quality.aggregation.boxes.votes import BoxVotes
from quality.aggregation.registry import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(BoxClusters, "box-clusters; says where its threshold comes from"),
        "box-clusters": Method(
            BoxClusters, "boxes that overlap are one; corners weighted by precision; kept if it likely exists"
        ),
    }
)

__all__ = ["METHODS", "BoxClusters", "BoxFit", "BoxVotes", "BoxWorkers"]
