"""What the contract suite needs to know of a kind of vote."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from quality.aggregation import Method

Rows = list[tuple[Any, ...]]
"""(task, worker, value, …), one row a vote."""


@dataclass(frozen=True)
class Kind:
    """A kind of vote, with a crowd made up to order.

    rows: makes up the votes of a good crowd, and the truth behind them.
    fit: builds votes from rows in any order and fits them with an aggregator.
    error: the mean error of a fit, which is `tolerance` at most on such a crowd.
    """

    name: str
    methods: Mapping[str, Method]
    rows: Callable[[np.random.Generator], tuple[Rows, Any]]
    fit: Callable[[Any, Rows], Any]
    error: Callable[[Any, Any], float]
    tolerance: float
