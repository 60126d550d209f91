"""Recorded votes played again as the service buys them: judged as they come, and fitted when enough
is new.

>>> rehearse(votes, policy, method.fit, np.random.default_rng(0)).asked
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.fit import Fit
from quality.aggregation.judge import NEWCOMER, Judge
from quality.aggregation.majority import MajorityVote
from quality.aggregation.progress import Watcher
from quality.aggregation.redundancy import Policy, enough
from quality.aggregation.votes import NO_LABEL, Votes

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEWS = 10
"""A fit is due when one in so many votes is new, as in the service."""

WAVE, WAVES = 50, 100
"""Votes that are under way at once: so many, or this share of those there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Rehearsal:
    """What a policy would have bought, one entry a task; tasks whose answer was told are neither
    asked nor decided.

    asked: votes on each task; settled: whether its label is sure enough; short: whether it is not,
    and the recorded votes were used up before the most that it may have.
    fit: what the votes bought say; fits: how often everything was fitted on the way.
    """

    asked: Ints
    settled: Flags
    short: Flags
    fit: Fit
    fits: int

    @property
    def labels(self) -> Codes:
        return self.fit.labels

    @property
    def confidence(self) -> Floats:
        return self.fit.confidence


@dataclass(slots=True)
class _Play:
    """How far a rehearsal is. Votes on told tasks come in beside the others, at the rate at which
    they did."""

    votes: Votes
    policy: Policy
    fit: Callable[[Votes], Fit]
    rng: np.random.Generator
    turn: Ints = field(init=False)
    recorded: Ints = field(init=False)
    asked: Ints = field(init=False)
    told: Flags = field(init=False)
    wanting: Flags = field(init=False)
    judge: Judge = field(init=False)
    fitted: int = 0
    fits: int = 0

    def __post_init__(self) -> None:
        votes = self.votes
        self.told = votes.known != NO_LABEL
        self.recorded = np.bincount(votes.tasks, minlength=votes.n_tasks)
        self.turn = turns(votes, self.told, self.rng)
        self.asked = np.zeros(votes.n_tasks, dtype=np.int64)
        self.wanting = np.zeros(votes.n_tasks, dtype=np.bool_)
        beginner = Judge(np.full(votes.n_classes, 1 / votes.n_classes), accuracy=np.empty(0))
        self.judge = beginner.of_workers([NEWCOMER] * votes.n_workers)

    @property
    def taken(self) -> Votes:
        """The votes there are by now."""
        ordinary = ~self.told
        share = self.asked.sum() / max(int(self.recorded[ordinary].sum()), 1)
        limit = np.where(ordinary, self.asked, np.ceil(share * self.recorded[~ordinary].sum()))
        return self.votes.where(self.turn < limit[self.votes.tasks])

    def fit_all(self) -> Fit:
        """Fit everything, and judge all tasks by it."""
        votes = self.taken
        fit = self.fit(votes)
        seen = votes.per_worker > 0
        judge = Judge.of(fit, votes)
        confusion = None if judge.confusion is None else judge.confusion[seen]
        accuracy = None if judge.accuracy is None else judge.accuracy[seen]
        known = replace(judge, accuracy=accuracy, confusion=confusion)
        self.judge = known.of_workers(np.where(seen, np.cumsum(seen) - 1, NEWCOMER))
        self.fitted, self.fits = int(self.asked.sum()), self.fits + 1
        begun = np.flatnonzero(self.asked > 0)
        self._steer(begun, fit.posterior[begun])
        return fit

    def ask(self, tasks: Ints, each: Ints) -> None:
        """Buy votes on these tasks, and judge them."""
        self.asked[tasks] += each
        tasks = np.sort(tasks)
        starts, sizes = np.searchsorted(self.votes.tasks, tasks), self.recorded[tasks]
        rows = np.repeat(starts - (sizes.cumsum() - sizes), sizes) + np.arange(sizes.sum())
        touched = self.votes.on_tasks(tasks)
        touched = touched.where(self.turn[rows] < self.asked[self.votes.tasks[rows]])
        self._steer(tasks, self.judge.fit(touched).posterior)

    def _steer(self, tasks: Ints, posterior: Floats) -> None:
        done = enough(posterior, self.asked[tasks], self.policy)
        self.wanting[tasks] = ~done & (self.asked[tasks] < self.recorded[tasks])


def _nobody(_done: int, _at_most: int) -> None:
    pass


def rehearse(
    votes: Votes,
    policy: Policy,
    fit: Callable[[Votes], Fit],
    rng: np.random.Generator,
    watcher: Watcher = _nobody,
    *,
    fresh_first: bool = False,
) -> Rehearsal:
    """Play votes as if `policy` had decided when to ask for one more, the way the service does.

    Tasks, and each task's votes, come in an order drawn from `rng`. What is begun comes before what
    is not, or after it with `fresh_first`: then more is known of the workers before another vote is
    asked for, and fewer are. Votes are judged as they come by the workers' models of the last fit,
    and everything is fitted when a tenth is new. Known answers are told, as those of gold are:
    their tasks are never asked for. Recorded votes may be fewer than a policy wants; equal votes of
    a worker on a task count as one with their weight. `watcher` is told the votes bought and the
    most that may be.
    """
    play = _Play(votes, policy, fit, rng)
    fresh = rng.permutation(np.flatnonzero(~play.told & (play.recorded > 0)))
    total, begun = int(np.minimum(play.recorded, policy.most)[~play.told].sum()), 0
    while True:
        room = max(WAVE, int(play.asked.sum()) // WAVES)
        left = len(fresh) - begun
        again = np.flatnonzero(play.wanting)[: 0 if fresh_first and left else room]
        new = fresh[begun : begun + -(-(room - len(again)) // policy.least)]
        if not len(again) and not len(new):
            final = play.fit_all()
            if not play.wanting.any():
                return _outcome(play, final)
            continue
        begun += len(new)
        least = np.minimum(play.recorded[new], policy.least)
        play.ask(np.concatenate([again, new]), np.concatenate([np.ones(len(again), dtype=np.int64), least]))
        bought = int(play.asked.sum())
        watcher(bought, total)
        if play.fitted <= (bought - play.fitted) * NEWS:
            play.fit_all()


def with_each(votes: Votes, n: int, rng: np.random.Generator) -> Votes:
    """The votes that fixed redundancy would have bought: `n` on each task whose answer is not
    told."""
    play = _Play(votes, Policy(least=n, most=n), MajorityVote().fit, rng)
    play.asked = np.where(play.told, 0, np.minimum(play.recorded, n))
    return play.taken


def _outcome(play: _Play, fit: Fit) -> Rehearsal:
    bought = (play.asked > 0) & ~play.told
    settled = bought & (play.asked >= play.policy.least) & (fit.confidence >= play.policy.target)
    short = bought & ~settled & (play.asked < play.policy.most)
    return Rehearsal(play.asked, settled, short, fit, play.fits)


def turns(votes: Votes, told: Flags, rng: np.random.Generator) -> Ints:
    """(votes,) the place, from 0, of each vote in the random order of its task's; of all told ones
    where that is."""
    group = np.where(told[votes.tasks], votes.n_tasks, votes.tasks)
    order = np.lexsort((rng.random(len(group)), group))
    turn = np.empty(len(order), dtype=np.int64)
    turn[order] = np.arange(len(order)) - np.searchsorted(group[order], group[order])
    return turn
