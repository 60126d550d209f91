"""From the votes of many workers to one label per task, with a probability.

>>> votes = Votes.from_codes(tasks=[0, 0, 1], workers=[0, 1, 0], labels=[1, 1, 0])
>>> fit = DawidSkene().fit(votes)
>>> fit.labels, fit.confidence

Every method is a frozen value with one verb, `fit(votes) -> Fit`. `METHODS` lists them by their
public names and `create(name)` builds one. `follow` and `update` keep a fit up to date as votes
come in, and a `Judge` labels new votes without fitting again; `enough` and `replay` say how many
votes tasks need. Numpy and scipy are all it needs.

Other kinds of vote are packages beside this one's modules, with the same habits: `ordinal`,
`multilabel`, `numeric`, `pairwise`, `texts`, `spans`, `boxes` and `masks`. `distributed` fits more
votes than one machine should hold.
"""

from quality.aggregation.auto import Auto
from quality.aggregation.coding import Coded, Coding, encode_votes
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.ebcc import EBCC
from quality.aggregation.em import Parameters, e_step
from quality.aggregation.ensemble import Ensemble
from quality.aggregation.fit import Aggregator, Fit, WorkerModel
from quality.aggregation.glad import GLAD
from quality.aggregation.hierarchical import Hierarchical, SharedErrors
from quality.aggregation.ibcc import IBCC
from quality.aggregation.judge import Judge
from quality.aggregation.kos import KOS
from quality.aggregation.m_msr import MMSR
from quality.aggregation.mace import MACE
from quality.aggregation.majority import MajorityVote, WeightedMajority
from quality.aggregation.one_coin import OneCoin
from quality.aggregation.progress import watching
from quality.aggregation.redundancy import Policy, Replay, enough, replay
from quality.aggregation.registry import METHODS, Method, create
from quality.aggregation.simulation import simulate_votes
from quality.aggregation.streaming import Live, follow, update
from quality.aggregation.votes import NO_LABEL, Votes
from quality.aggregation.zero_based_skill import ZeroBasedSkill

__all__ = [
    "EBCC",
    "GLAD",
    "IBCC",
    "KOS",
    "MACE",
    "METHODS",
    "MMSR",
    "NO_LABEL",
    "Aggregator",
    "Auto",
    "Coded",
    "Coding",
    "DawidSkene",
    "Ensemble",
    "Fit",
    "Hierarchical",
    "Judge",
    "Live",
    "MajorityVote",
    "Method",
    "OneCoin",
    "Parameters",
    "Policy",
    "Replay",
    "SharedErrors",
    "Votes",
    "WeightedMajority",
    "WorkerModel",
    "ZeroBasedSkill",
    "create",
    "e_step",
    "encode_votes",
    "enough",
    "follow",
    "replay",
    "simulate_votes",
    "update",
    "watching",
]
