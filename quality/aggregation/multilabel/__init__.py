"""From answers that tick any number of classes to one set of classes per task.

>>> votes = MultiLabelVotes.from_codes(tasks=[0, 0], workers=[0, 1], ticks=[[1, 0, 1], [1, 0, 0]])
>>> fit = MultiLabelAuto().fit(votes)
>>> fit.labels, fit.probability
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.multilabel.auto import MultiLabelAuto
from quality.aggregation.multilabel.class_dawid_skene import ClassDawidSkene
from quality.aggregation.multilabel.fit import MultiLabelFit
from quality.aggregation.multilabel.vote_share import VoteShare, WeightedShare
from quality.aggregation.multilabel.votes import UNKNOWN, MultiLabelVotes
from quality.aggregation.registry import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(MultiLabelAuto, "learnt from known entries, else a model of workers and plain shares; says why"),
        "vote-share": Method(VoteShare, "classes ticked by enough of the answers; the threshold is learnt"),
        "weighted-share": Method(WeightedShare, "the same, where answers weigh as their workers agree with others"),
        "class-dawid-skene": Method(ClassDawidSkene, "every worker has a rate of misses and of wrong ticks a class"),
    }
)

__all__ = [
    "METHODS",
    "UNKNOWN",
    "ClassDawidSkene",
    "MultiLabelAuto",
    "MultiLabelFit",
    "MultiLabelVotes",
    "VoteShare",
    "WeightedShare",
]
