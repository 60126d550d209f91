"""A project at a glance: how far it is, and how far its workers agree."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from quality import agreement
from quality.aggregation import NO_LABEL
from quality.consensus import Ballot, Verdict

MEASURES = ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement")

# What the agreement of a project looks like before anything was measured.
UNMEASURED: dict[str, Any] = {
    **{name: {"value": None, "low": None, "high": None} for name in MEASURES},
    "counts": {"tasks": 0, "responses": 0, "workers": 0},
}


def progress_of(ballot: Ballot, verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Numbers of tasks by state, those with known answers apart, and of answers."""
    gold = set(ballot.task_ids[ballot.gold != NO_LABEL].tolist())
    states = Counter(str(v.state) for v in verdicts if v.task_id not in gold)
    tasks = len(ballot.task_ids) - len(gold)
    return {
        "tasks": tasks,
        "gold": len(gold) - int(ballot.training.sum()),
        "training": int(ballot.training.sum()),
        "settled": states["settled"],
        "disputed": states["disputed"],
        "open": tasks - states["settled"] - states["disputed"],
        "responses": len(ballot.task),
        "workers": len(ballot.worker_ids),
    }


def measure_agreement(ballot: Ballot) -> dict[str, Any]:
    """The four measures with 95% intervals, and what they rest on. An undefined value is null."""
    cells = ballot.task * ballot.n_classes + ballot.label
    shape = (len(ballot.task_ids), ballot.n_classes)
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    measured = agreement.measure(counts, rng=np.random.default_rng(0))
    result: dict[str, Any] = {}
    for name in MEASURES:
        interval = getattr(measured, name)
        result[name] = {part: _finite(getattr(interval, part)) for part in ("value", "low", "high")}
    result["counts"] = {
        "tasks": int((counts.sum(axis=1) > 0).sum()),
        "responses": len(ballot.task),
        "workers": len(ballot.worker_ids),
    }
    return result


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
