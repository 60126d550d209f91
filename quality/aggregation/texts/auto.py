"""Choose between the answer nearest to all and a text put together word by word."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.texts.fit import TextAggregator, TextFit
from quality.aggregation.texts.medoid import TextMedoid
from quality.aggregation.texts.rover import Rover
from quality.aggregation.texts.votes import TextVotes
from quality.evaluation.text import text_errors

ANSWERS_A_TASK = 1.5
"""Where most texts are alone there is nothing to vote on."""

APART = 0.65
"""Answers with more than this share of different words don't say the same in other words: nothing
lines up."""

KNOWN_TASKS = 20
"""Fewer known texts with answers can't compare methods."""

STANDARD_ERRORS = 2.0
"""How clearly the other method must be ahead on known texts."""


@dataclass(frozen=True, slots=True)
class Auto:
    """ROVER where tasks have several answers that mostly say the same, else the medoid; known texts
    may overrule both.

    With at least 20 known texts, both methods label them without being told, and the other one is
    taken if its mean error rate in the unit of the votes is lower by more than two standard errors
    of the difference.
    """

    max_iter: int = 100
    tol: float = 1e-5
    seed: int = 0

    def fit(self, votes: TextVotes) -> TextFit:
        votes = votes.drawn(self.seed)
        name, reason = self.choose(votes)
        return replace(self._methods()[name].fit(votes), reason=reason)

    def choose(self, votes: TextVotes) -> tuple[str, str]:
        """The name of the method for these answers, and the reason in a sentence."""
        default, reason = _by_counts(votes)
        known = np.array([task for task in votes.known if votes.per_task[task] > 0], dtype=np.int64)
        if len(known) < KNOWN_TASKS:
            return default, reason
        errors = {name: _errors(votes, known, method) for name, method in self._methods().items()}
        other = next(name for name in errors if name != default)
        ahead = errors[default] - errors[other]
        if not ahead.mean() > STANDARD_ERRORS * ahead.std() / np.sqrt(len(ahead)):
            return default, f"{reason}; on {len(known)} known texts, {other} is not clearly closer"
        off = f"{errors[other].mean():.3f} instead of {errors[default].mean():.3f}"
        return other, f"on {len(known)} known texts that it is not told, its {votes.unit} error rate is {off}"

    def _methods(self) -> dict[str, TextAggregator]:
        return {"rover": Rover(self.max_iter, self.tol, self.seed), "text-medoid": TextMedoid(self.seed)}


def _by_counts(votes: TextVotes) -> tuple[str, str]:
    a_task = len(votes.tasks) / max(int(np.count_nonzero(votes.per_task)), 1)
    figures = f"{a_task:.1f} answers a task"
    if a_task < ANSWERS_A_TASK:
        return "text-medoid", f"{figures}: fewer than {ANSWERS_A_TASK:g} have nothing to vote on"
    apart = votes.variants.mean_apart
    figures += f", which differ in {apart:.0%} of their {votes.unit}s"
    if apart > APART:
        return "text-medoid", f"{figures}: what they say does not line up"
    return "rover", f"{figures}: enough for a vote on each"


def _errors(votes: TextVotes, known: npt.NDArray[np.int64], method: TextAggregator) -> Floats:
    """(known,) the error rates on known texts that the method isn't told; 0 where the truth has no
    words."""
    labels = method.fit(replace(votes, known={})).labels
    tasks = known.tolist()
    true, given = [votes.known[task] for task in tasks], [labels[task] or "" for task in tasks]
    return np.nan_to_num(text_errors(true, given, votes.unit).each)
