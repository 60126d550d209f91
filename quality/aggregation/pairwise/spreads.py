"""How far the scores of items may be off, all of them being unknown."""

import numpy as np
from scipy.special import expit

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.pairwise.comparisons import Comparisons

LARGEST = 2_000
"""Items up to which the whole matrix is inverted; beyond, the others are taken for known, and the
spread of an item that few connect with the rest is too small."""


def spreads(comparisons: Comparisons, scores: Floats, reliability: Floats, prior: float = 0.5) -> Floats:
    """(items,) the standard deviation of each score: from the inverse of the information in the
    votes.

    A vote of a worker who says what they found with probability `reliability` (workers,) tells less
    the nearer that is to one half. prior: as in `BradleyTerry`.
    """
    chance = expit(scores[comparisons.left] - scores[comparisons.right])
    votes = comparisons.votes
    truthful, ahead = reliability[votes.workers], chance[votes.tasks]
    said = truthful * ahead + (1 - truthful) * (1 - ahead)
    slope = (2 * truthful - 1) * ahead * (1 - ahead)
    of_pair = sums(votes.tasks, votes.weights * slope**2 / (said * (1 - said)), votes.n_tasks)
    own = comparisons.by_item(of_pair, of_pair) + 2 * prior * expit(scores) * expit(-scores)
    if len(scores) > LARGEST:
        return 1 / np.sqrt(own)
    information = np.diag(own)
    for one, other in ((comparisons.left, comparisons.right), (comparisons.right, comparisons.left)):
        np.add.at(information, (one, other), -of_pair)
    spread: Floats = np.sqrt(np.linalg.inv(information).diagonal())
    return spread
