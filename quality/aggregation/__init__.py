"""From the votes of many workers to one label per task, with a probability.

>>> votes = Votes.from_codes(tasks=[0, 0, 1], workers=[0, 1, 0], labels=[1, 1, 0])
>>> fit = DawidSkene().fit(votes)
>>> fit.labels, fit.confidence

Every method is a frozen value with one verb, `fit(votes) -> Fit`. `METHODS` lists them by their public names and
`create(name)` builds one. Numpy and scipy are all it needs.
"""

from quality.aggregation.auto import Auto
from quality.aggregation.coding import Coded, Coding, encode_votes
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.em import Parameters, e_step
from quality.aggregation.fit import Aggregator, Fit, WorkerModel
from quality.aggregation.majority import MajorityVote, WeightedMajority
from quality.aggregation.one_coin import OneCoin
from quality.aggregation.registry import METHODS, Method, create
from quality.aggregation.simulation import simulate_votes
from quality.aggregation.votes import NO_LABEL, Votes

__all__ = [
    "METHODS",
    "NO_LABEL",
    "Aggregator",
    "Auto",
    "Coded",
    "Coding",
    "DawidSkene",
    "Fit",
    "MajorityVote",
    "Method",
    "OneCoin",
    "Parameters",
    "Votes",
    "WeightedMajority",
    "WorkerModel",
    "create",
    "e_step",
    "encode_votes",
    "simulate_votes",
]
