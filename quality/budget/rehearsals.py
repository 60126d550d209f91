"""Recorded answers played again under another policy: one order of them, and what several say
together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from scipy.special import ndtri, stdtrit  # scipy.stats takes longer to load, and more memory, than all the rest

from quality.aggregation import NO_LABEL, Fit, Policy, Votes
from quality.aggregation.progress import Watcher
from quality.aggregation.rehearsal import rehearse

LEVEL = 0.9
UPPER = (1 + LEVEL) / 2
TOLD = 0.1  # of the tasks are told as gold, if the truth is known of twice as many
FEW = 20  # known answers below which accuracy can't be told by them


Method = Callable[[Votes], Fit]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What is played.

    truth: (tasks,) what labels are scored by, or NO_LABEL. work: (tasks,) whether a task is more
    than a test, so that its answers count as cost. tellable: (tasks,) whether its truth may be told
    to methods, as it is one of a sample.
    """

    votes: Votes
    truth: npt.NDArray[np.int64]
    work: npt.NDArray[np.bool_]
    tellable: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Run:
    """One order of the answers. Figures are of the work that was not told; `variance` is that of
    the difference in accuracy, had other tasks been scored."""

    tasks: int
    recorded: float
    asked: float
    accuracy: float
    full_accuracy: float
    variance: float
    scored: int
    disputed: int
    short: int
    by_truth: bool


def play(
    recording: Recording, policy: Policy, fit: Method, seed: int, watcher: Watcher, *, fresh_first: bool = False
) -> Run:
    """Play the answers in one order, by this method and the judgements of the service; with
    `fresh_first` no task gets more than the least before each has that.

    Half of what may be told, but at most a tenth of the tasks, is told as gold would be; the rest
    scores. Where too little is known, labels are scored by those of all answers.
    """
    rng = np.random.default_rng(seed)
    given = _told(recording, rng)
    played, every = rehearse(given, policy, fit, rng, watcher, fresh_first=fresh_first), fit(given)
    played_tasks = (given.known == NO_LABEL) & (given.per_task > 0)
    work = played_tasks & recording.work
    truth = np.where(played_tasks, recording.truth, NO_LABEL)
    by_truth = bool(np.count_nonzero(truth != NO_LABEL) >= FEW)
    truth = truth if by_truth else np.where(work, every.labels, NO_LABEL)
    scored = truth != NO_LABEL
    right, full = ((labels == truth)[scored].astype(np.float64) for labels in (played.labels, every.labels))
    n = max(len(right), 1)
    return Run(
        tasks=int(work.sum()),
        recorded=float(given.per_task[work].sum()),
        asked=float(played.asked[work].sum()),
        accuracy=float(right.sum() / n),
        full_accuracy=float(full.sum() / n),
        variance=float(((right - full) ** 2).sum() / n**2),
        scored=int(scored.sum()),
        disputed=int((work & ~played.settled & ~played.short).sum()),
        short=int((work & played.short).sum()),
        by_truth=by_truth,
    )


def _told(recording: Recording, rng: np.random.Generator) -> Votes:
    votes = recording.votes
    answered = votes.per_task > 0
    candidates = np.flatnonzero((recording.truth != NO_LABEL) & recording.tellable & answered)
    n = min(len(candidates) // 2, int(TOLD * np.count_nonzero(answered)))
    chosen = rng.choice(candidates, n, replace=False)
    known = np.full(votes.n_tasks, NO_LABEL, dtype=np.int32)
    known[chosen] = recording.truth[chosen]
    return replace(votes, known=known)


def outcome(recording: Recording, policy: Policy, runs: Sequence[Run]) -> dict[str, Any]:
    """What several orders say of all the work, with intervals of `LEVEL`."""
    work = recording.work & (recording.votes.per_task > 0)
    each = recording.votes.per_task[work]
    tasks, recorded = int(work.sum()), float(each.sum())
    fewest, most = (float(np.minimum(each, limit).sum()) for limit in (policy.least, policy.most))
    columns = {name: np.array([getattr(run, name) for run in runs], dtype=float) for name in Run.__slots__}
    shares = columns["asked"] / np.maximum(columns["recorded"], 1.0)
    points = 100 * (columns["accuracy"] - columns["full_accuracy"])
    part = tasks / np.maximum(columns["tasks"], 1.0)
    asked, share = _interval(recorded * shares, 0.0), _interval(shares, 0.0)
    return {
        "tasks": tasks,
        "recorded": round(recorded),
        "asked": round(min(max(asked["value"], fewest), most)),
        "asked_low": round(max(asked["low"], fewest)),
        "asked_high": round(min(asked["high"], most)),
        "share": share["value"],
        "accuracy": float(columns["accuracy"].mean()),
        "full_accuracy": float(columns["full_accuracy"].mean()),
        "points": _interval(points, 1e4 * float(columns["variance"].mean())),
        "measured_by": "truth" if runs[0].by_truth else "agreement",
        "scored": int(columns["scored"].mean()),
        "disputed": round(float((columns["disputed"] * part).mean())),
        "short": round(float((columns["short"] * part).mean())),
        "orders": len(runs),
    }


def _interval(values: np.ndarray, variance: float) -> dict[str, float]:
    """The mean, and where the next order would fall: by the spread of the orders, and a variance
    that all share."""
    n, mean = len(values), float(values.mean())
    spread = float(values.var(ddof=1)) * (1 + 1 / n) if n > 1 else 0.0
    half = float(np.hypot(stdtrit(max(n - 1, 1), UPPER) * np.sqrt(spread), ndtri(UPPER) * np.sqrt(variance)))
    return {"value": mean, "low": mean - half, "high": mean + half}


def sentence(result: Mapping[str, Any]) -> str:
    """What a replay has shown, in the reader's language."""
    numbers = {name: number_format(result[name]) for name in ("tasks", "asked", "recorded")}
    points = f"{result['points']['value']:+.1f}".replace("-", "−")  # noqa: RUF001 (a minus sign, not a hyphen)
    if result["measured_by"] == "truth":
        text = _(
            "With your policy these {tasks} tasks would have cost {asked} answers instead of {recorded}, "
            "at {points} points."
        )
    else:
        text = _(
            "With your policy these {tasks} tasks would have cost {asked} answers instead of {recorded}, "
            "and {percent} % of the labels would have been those of all answers."
        )
    return text.format(**numbers, points=points, percent=f"{100 * result['accuracy']:.1f}")
