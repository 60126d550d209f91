"""From the spans that many workers marked in texts to one set of spans per task.

>>> votes = SpanVotes.from_codes(tasks=[0, 0], workers=[0, 1], starts=[3, 3], ends=[8, 7])
>>> fit = SpanAuto().fit(votes)
>>> fit.labels.starts, fit.labels.ends, fit.labels.scores
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.registry import Method
from quality.aggregation.spans.fit import SpanFit
from quality.aggregation.spans.rates import Rates
from quality.aggregation.spans.span_share import SpanAuto, SpanShare
from quality.aggregation.spans.sureness import Sureness
from quality.aggregation.spans.votes import SpanVotes

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(SpanAuto, "places that enough of those who looked mark; says why so many are enough"),
        "span-share": Method(SpanShare, "the same; the share is learnt from known tasks, else two in five"),
    }
)

__all__ = ["METHODS", "Rates", "SpanAuto", "SpanFit", "SpanShare", "SpanVotes", "Sureness"]
