import numpy as np
import pytest

from quality.aggregation import DawidSkene, Votes, simulate_votes
from quality.aggregation.blocks import VOTES, blocks_of, worked


def some_votes(n_tasks: int = 40, a_task: int = 3) -> Votes:
    sizes = {"n_tasks": n_tasks, "n_workers": 9, "n_classes": 3, "votes_per_task": a_task}
    return simulate_votes(np.random.default_rng(0), **sizes)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("n_votes", [1, 7, 50, 1000])
def test_blocks_hold_all_tasks_and_votes_in_their_order(n_votes):
    indicator = some_votes().indicator

    blocks = blocks_of(indicator, n_votes)

    assert [row for block in blocks for row in range(40)[block.tasks]] == list(range(40))
    np.testing.assert_array_equal(np.vstack([block.indicator.toarray() for block in blocks]), indicator.toarray())


def test_tasks_without_votes_are_in_a_block_too():
    assert [block.tasks for block in Votes.from_codes([], [], [], n_tasks=3).blocks] == [slice(0, 3)]


def test_results_come_in_the_order_of_blocks():
    blocks = blocks_of(some_votes().indicator, 10)

    assert list(worked(lambda block: block.tasks.start, blocks)) == [block.tasks.start for block in blocks]


def test_both_steps_of_many_votes_are_those_of_each_task_alone():
    votes = some_votes(n_tasks=70_000, a_task=5)
    assert len(votes.blocks) == int(len(votes.tasks) / VOTES) == 2
    method = DawidSkene(max_iter=3)

    fit = method.fit(votes)

    posterior = np.random.default_rng(0).dirichlet(np.ones(3), votes.n_tasks)
    whole = np.asarray(votes.indicator.T @ posterior).reshape(9, 3, 3).transpose(0, 2, 1)
    np.testing.assert_allclose(votes.tally(posterior), whole, rtol=1e-12)
    assert fit.workers is not None
    log_joint = votes.indicator @ np.log(fit.workers.confusion).transpose(0, 2, 1).reshape(-1, 3)
    joint = fit.class_shares * np.exp(log_joint)
    np.testing.assert_allclose(fit.posterior, joint / joint.sum(axis=1, keepdims=True), atol=1e-12)
