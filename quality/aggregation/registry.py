"""Every method by its public name, as the command line and a project's quality policy spell it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from types import MappingProxyType
from typing import Any

from quality.aggregation.auto import Auto
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.ebcc import EBCC
from quality.aggregation.ensemble import Ensemble
from quality.aggregation.glad import GLAD
from quality.aggregation.hierarchical import Hierarchical, SharedErrors
from quality.aggregation.ibcc import IBCC
from quality.aggregation.kos import KOS
from quality.aggregation.m_msr import MMSR
from quality.aggregation.mace import MACE
from quality.aggregation.majority import MajorityVote, WeightedMajority
from quality.aggregation.one_coin import OneCoin
from quality.aggregation.zero_based_skill import ZeroBasedSkill


@dataclass(frozen=True, slots=True)
class Method:
    """How to build an aggregator, and one line on what it does."""

    build: Callable[..., Any]
    description: str


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(Auto, "the ensemble where votes are enough to tell workers apart, else majority; says why"),
        "majority": Method(MajorityVote, "the class with most votes; confidence is their share, and not a probability"),
        "weighted-majority": Method(WeightedMajority, "votes count for how often their worker agrees with the others"),
        "ensemble": Method(Ensemble, "four models that fail in different ways, pooled, as sure as they should be"),
        "hierarchical": Method(Hierarchical, "confusion matrices that lean on one number a worker while votes are few"),
        "shared-errors": Method(SharedErrors, "each worker's accuracy, and one confusion between classes for all"),
        "ibcc": Method(IBCC, "confusion matrices with their uncertainty averaged out (variational Bayes)"),
        "ebcc": Method(EBCC, "classes split into subtypes, so that workers may err together on some tasks"),
        "zero-based-skill": Method(ZeroBasedSkill, "weighted majority, carried on until skills and outcome agree"),
        "glad": Method(GLAD, "able workers and hard tasks decide together how likely a vote is right"),
        "mace": Method(MACE, "workers who know, or else give what they are in the habit of giving"),
        "m-msr": Method(MMSR, "skills from how often pairs of workers agree, without the oddest pairs"),
        "kos": Method(KOS, "messages between tasks and workers about who fits whom"),
        "one-coin": Method(OneCoin, "every worker is right with one probability, whatever the class"),
        "dawid-skene": Method(DawidSkene, "every worker has a confusion matrix, with a mild prior"),
        "dawid-skene-mle": Method(DawidSkene.maximum_likelihood, "the same by plain maximum likelihood, as in 1979"),
    }
)


def create(
    name: str,
    *,
    methods: Mapping[str, Method] = METHODS,
    seed: int = 0,
    max_iter: int | None = None,
    tol: float | None = None,
) -> Any:
    """The method called `name`; settings left out keep its defaults, and those it has no use for
    are ignored.

    methods: those of another kind of vote, instead of the ones for classes. Raises ValueError for
    an unknown name, listing the known ones.
    """
    if name not in methods:
        raise ValueError(f"unknown method {name!r}; known are {', '.join(methods)}")
    build = methods[name].build
    settings = {"seed": seed, "max_iter": max_iter, "tol": tol}
    used = signature(build).parameters
    return build(**{key: value for key, value in settings.items() if key in used and value is not None})
