import numpy as np
import pytest

from quality.aggregation import MajorityVote, OneCoin, Votes, WeightedMajority


def test_majority_posterior_is_the_share_of_votes():
    fit = MajorityVote().fit(Votes.from_codes([0, 0, 0, 1], [0, 1, 2, 0], [1, 1, 0, 0]))

    np.testing.assert_allclose(fit.posterior, [[1 / 3, 2 / 3], [1.0, 0.0]])
    assert fit.labels.tolist() == [1, 0]
    np.testing.assert_allclose(fit.class_shares, [2 / 3, 1 / 3])


def test_a_tie_does_not_depend_on_votes_for_other_tasks():
    tied = Votes.from_codes([0, 0], [0, 1], [0, 1])
    more = Votes.from_codes([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], [0, 1, 1, 0, 1])

    for seed in range(10):
        assert MajorityVote(seed).fit(tied).labels[0] == MajorityVote(seed).fit(more).labels[0]


def test_weighted_majority_breaks_a_tie_for_the_worker_who_agrees_more():
    tasks = [0, 0, 0, 1, 1, 1, 2, 2]
    workers = [0, 1, 2, 0, 1, 2, 0, 2]
    labels = [0, 0, 1, 1, 1, 0, 1, 0]

    fit = WeightedMajority().fit(Votes.from_codes(tasks, workers, labels))

    assert fit.labels[2] == 1
    assert fit.posterior[2, 1] == pytest.approx(11 / 18)  # agreement 11/18 and 7/18 on average


def test_one_coin_spreads_errors_evenly():
    fit = OneCoin().fit(Votes.from_codes([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 2, 1]))

    assert fit.workers is not None
    for confusion in fit.workers.confusion:
        off_diagonal = confusion[~np.eye(3, dtype=bool)]
        np.testing.assert_allclose(off_diagonal, off_diagonal[0])
        np.testing.assert_allclose(np.diag(confusion), confusion[0, 0])
