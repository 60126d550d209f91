"""How many votes a task needs: a rule for when to stop, and what it would have saved on recorded
votes.

>>> enough(fit.posterior, votes.per_task, Policy())
>>> replay(votes, truth, Policy(), np.random.default_rng(0)).share
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.fit import Aggregator, Fit
from quality.aggregation.progress import tell
from quality.aggregation.votes import NO_LABEL, Votes


@dataclass(frozen=True, slots=True)
class Policy:
    """From how many votes on, up to how many, and until how sure, votes on a task are asked for.

    target: the confidence that is enough, above 0 and at most 1, on the method's own scale: Dawid &
        Skene's model soon calls labels certain, and `Auto` hardly ever.
    least, most: votes on a task; with `least` they begin, and beyond `most` a task stays in doubt.
    method: turns votes into posteriors.

    Raises ValueError unless 1 <= least <= most and 0 < target <= 1.
    """

    target: float = 0.99
    least: int = 3
    most: int = 10
    method: Aggregator = field(default_factory=DawidSkene)

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most:
            raise ValueError(f"votes on a task go from 1 upwards, got least={self.least}, most={self.most}")
        if not 0 < self.target <= 1:
            raise ValueError(f"target must be above 0 and at most 1, got {self.target}")


Stage = Literal["open", "settled", "disputed"]


def stage_of(n: int, confidence: float, *, target: float, least: int, most: int) -> Stage:
    """Settled once sure enough, disputed when the votes are used up and it still isn't, open until
    then."""
    if n < least:
        return "open"
    if confidence >= target:
        return "settled"
    return "disputed" if n >= most else "open"


def enough(posterior: npt.ArrayLike, n: npt.ArrayLike, policy: Policy) -> npt.NDArray[np.bool_]:
    """Whether a task needs no more votes: it has the most, or the least and a label that is sure
    enough. That is `stage_of` of many at once, where all that is not open is enough.

    posterior: (…, classes) of each task; n: (…) votes it has.
    """
    confidence, votes = np.asarray(posterior, dtype=np.float64).max(axis=-1), np.asarray(n)
    return np.asarray((votes >= policy.most) | ((votes >= policy.least) & (confidence >= policy.target)))


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """What a policy would have made of recorded votes.

    labels: (tasks,) and confidence: (tasks,) at the end; votes: (tasks,) asked for.
    used, recorded: votes altogether.
    accuracy: the share of tasks with a known truth that are labelled right; full_accuracy: the same
        from all recorded votes by the same method. nan if no truth is known.
    disputed: tasks that have all votes they may have and are still not sure enough.
    rounds: votes used after each round.
    """

    labels: Codes
    confidence: Floats
    votes: Floats
    used: float
    recorded: float
    accuracy: float
    full_accuracy: float
    disputed: int
    rounds: tuple[float, ...]

    @property
    def share(self) -> float:
        """The share of the recorded votes that was asked for."""
        return self.used / self.recorded if self.recorded else 0.0


def replay(votes: Votes, truth: npt.ArrayLike, policy: Policy, rng: np.random.Generator) -> Replay:
    """Play recorded votes again as if `policy` had decided when to ask for one more.

    Each task's votes come in an order drawn from `rng`: first the least, and then, round by round,
    one more wherever it isn't enough yet, as long as there are recorded ones. After each round
    everything is fitted. A worker's equal votes on a task count as one with their weight.

    truth: (tasks,) the true class or `NO_LABEL`; for scoring only. Raises ValueError if its length
        differs.
    """
    true = checked_codes("truth", truth, lowest=NO_LABEL)
    if len(true) != votes.n_tasks:
        raise ValueError(f"truth has {len(true)} entries, but there are {votes.n_tasks} tasks")
    turn = _turns(votes, rng)
    recorded = np.bincount(votes.tasks, minlength=votes.n_tasks)
    asked = np.minimum(recorded, policy.least)
    rounds: list[float] = []
    while True:
        taken = votes.where(turn < asked[votes.tasks])
        fit = policy.method.fit(taken)
        rounds.append(taken.total)
        tell(len(rounds), policy.most - policy.least + 1)
        more = ~enough(fit.posterior, asked, policy) & (asked < recorded)
        if not more.any():
            break
        asked = asked + more
    scored = true != NO_LABEL
    accuracy, full_accuracy = (_share_right(each, true, scored) for each in (fit, policy.method.fit(votes)))
    disputed = int(np.count_nonzero((fit.confidence < policy.target) & (asked > 0)))
    outcome = accuracy, full_accuracy, disputed, tuple(rounds)
    return Replay(fit.labels, fit.confidence, taken.per_task, taken.total, votes.total, *outcome)


def _share_right(fit: Fit, truth: Codes, scored: npt.NDArray[np.bool_]) -> float:
    return float(np.mean(fit.labels[scored] == truth[scored])) if scored.any() else float("nan")


def _turns(votes: Votes, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """(votes,) the place, from 0, of each vote in the random order of its task's votes."""
    order = np.lexsort((rng.random(len(votes.tasks)), votes.tasks))
    turn = np.empty(len(order), dtype=np.int64)
    turn[order] = np.arange(len(order)) - np.searchsorted(votes.tasks, votes.tasks)
    return turn
