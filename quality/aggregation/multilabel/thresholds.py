"""From which share of votes a class is taken: learnt from known entries where there are enough."""

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.multilabel.votes import UNKNOWN, Bools, MultiLabelVotes

UNTAUGHT = 0.5
"""Taken without known entries. Where people leave out what is right more often than they tick what
is wrong, less would do; votes alone don't show that to a count of them, but to a model of workers
(`auto`)."""

ENOUGH = 10
"""Known entries, right and wrong ones each, from which a threshold is learnt."""


def is_taught(votes: MultiLabelVotes) -> bool:
    """Whether there are enough known entries to learn a threshold from, right and wrong ones."""
    known = votes.known[votes.per_task > 0]
    return bool(min(np.count_nonzero(known == 1), np.count_nonzero(known == 0)) >= ENOUGH)


def learn(votes: MultiLabelVotes, shares: Floats) -> tuple[Floats, str]:
    """(classes,) thresholds on `shares` (tasks, classes), and the reason in a sentence.

    A class with enough known entries has the threshold that is best for them; the others have the
    one that is best for the known entries of all classes, or `UNTAUGHT` if even those are too few.
    """
    usable = (votes.known != UNKNOWN) & (votes.per_task > 0)[:, None]
    pooled = best_threshold(shares[usable], votes.known[usable] == 1)
    thresholds = np.full(votes.n_classes, UNTAUGHT if pooled is None else pooled)
    taught = 0
    for column in range(votes.n_classes):
        rows = usable[:, column]
        own = best_threshold(shares[rows, column], votes.known[rows, column] == 1)
        if own is not None:
            thresholds[column] = own
            taught += 1
    if pooled is None:
        return thresholds, f"too few known entries: a class is taken from {UNTAUGHT:g} of the votes"
    return thresholds, f"thresholds learnt from known entries: {taught} of {votes.n_classes} classes have their own"


def best_threshold(shares: Floats, right: Bools) -> float | None:
    """The threshold on shares (entries,) with the highest F1; None if there are too few right or
    wrong entries.

    An F1 within one entry of the best is as good as the best, and of these thresholds the one
    nearest to `UNTAUGHT` is taken: chance should not move it far.
    """
    if min(np.count_nonzero(right), np.count_nonzero(~right)) < ENOUGH:
        return None
    values = np.unique(np.append(shares, 1.0))
    choices = np.append((values[:-1] + values[1:]) / 2, UNTAUGHT)
    order = np.sort(shares)
    found = len(shares) - np.searchsorted(order, choices)
    hits = np.count_nonzero(right) - np.searchsorted(np.sort(shares[right]), choices)
    f1 = 2 * hits / (found + np.count_nonzero(right))
    good = choices[f1 >= f1.max() - 1 / np.count_nonzero(right)]
    return float(good[np.abs(good - UNTAUGHT).argmin()])


def probability_of(shares: Floats, thresholds: Floats) -> Floats:
    """Shares as probabilities: their odds over the odds of the threshold, so that the threshold
    itself is one half."""
    yes, no = shares * (1 - thresholds), (1 - shares) * thresholds
    return np.divide(yes, yes + no, out=np.full_like(shares, 0.5), where=yes + no > 0)


def expected_f1_threshold(probability: Floats) -> float:
    """The probability from which entries are taken so that the expected F1 is highest (Z. Lipton et
    al., 2014).

    2 E[right] / (taken + E[true]), over the likeliest 1, 2, … entries; one half if there are none.
    """
    falling = np.sort(probability)[::-1]
    if not falling.size or falling[0] <= 0:
        return 0.5
    f1 = 2 * np.cumsum(falling) / (np.arange(1, len(falling) + 1) + falling.sum())
    return float(min(falling[f1.argmax()], 0.5))
