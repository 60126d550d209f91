import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation import NO_LABEL, MajorityVote, Votes, simulate_votes
from quality.aggregation.redundancy import Policy, enough, replay
from tests.quality.datasets import read_gold, read_votes


def test_a_task_stops_at_the_most_votes_or_when_sure_after_the_least():
    policy = Policy(target=0.9, least=3, most=5)
    posterior = [[0.95, 0.05], [0.95, 0.05], [0.8, 0.2], [0.8, 0.2], [0.9, 0.1]]

    assert enough(posterior, [2, 3, 3, 5, 4], policy).tolist() == [False, True, False, True, True]
    assert enough([0.95, 0.05], 3, policy)


@pytest.mark.parametrize(
    ("values", "message"),
    [({"least": 0}, "least=0"), ({"least": 4, "most": 3}, "least=4, most=3"), ({"target": 0.0}, "target")],
)
def test_a_policy_that_makes_no_sense_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        Policy(**values)


def test_agreement_stops_and_disagreement_goes_on():
    agreed, split = [0] * 6, [0, 1] * 3
    votes = Votes.from_codes(np.repeat([0, 1], 6), np.tile(np.arange(6), 2), agreed + split)

    replayed = replay(votes, [0, NO_LABEL], Policy(0.9, 2, 5, MajorityVote()), np.random.default_rng(1))

    assert replayed.votes.tolist()[0] == 2
    assert replayed.votes.tolist()[1] in {2, 5}  # two votes may happen to agree
    assert replayed.used == replayed.votes.sum()
    assert (replayed.accuracy, replayed.full_accuracy) == (1.0, 1.0)


def test_a_target_nobody_reaches_asks_for_the_most_and_calls_every_task_disputed():
    votes, truth = simulate_votes(np.random.default_rng(0), n_tasks=50, n_workers=20, n_classes=3, votes_per_task=8)

    replayed = replay(votes, truth, Policy(1.0, 2, 4), np.random.default_rng(0))

    assert (replayed.votes >= 4).all()
    assert replayed.disputed == 50
    assert len(replayed.rounds) == 3


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), least=st.integers(1, 4), more=st.integers(0, 4), target=st.floats(0.4, 1))
def test_no_task_gets_fewer_votes_than_the_least_nor_more_than_the_most(seed, least, more, target):
    rng = np.random.default_rng(seed)
    tasks, labels = rng.integers(8, size=40), rng.integers(2, size=40)
    votes = Votes.from_codes(tasks, np.arange(40), labels, n_tasks=8)
    policy = Policy(target, least, least + more, MajorityVote())

    replayed = replay(votes, np.full(8, NO_LABEL), policy, rng)

    assert (replayed.votes >= np.minimum(votes.per_task, least)).all()
    assert (replayed.votes <= np.minimum(votes.per_task, policy.most)).all()
    assert list(replayed.rounds) == sorted(replayed.rounds)
    assert np.isnan(replayed.accuracy)
    assert 0 <= replayed.share <= 1


def test_the_same_seed_replays_the_same():
    votes, truth = simulate_votes(np.random.default_rng(0), n_tasks=80, n_workers=20, n_classes=3, votes_per_task=6)

    one, again, other = (replay(votes, truth, Policy(), np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert one.votes.tolist() == again.votes.tolist() != other.votes.tolist()


def test_truth_of_another_length_is_refused():
    with pytest.raises(ValueError, match="truth has 2 entries, but there are 1 tasks"):
        replay(Votes.from_codes([0], [0], [0]), [0, 0], Policy(), np.random.default_rng(0))


@pytest.mark.parametrize(("name", "share"), [("rte", 0.6), ("temporal", 0.5), ("sp_amt", 0.25)])
def test_one_policy_saves_votes_on_real_tasks_at_no_more_than_half_a_point(name, share):
    votes, coding = read_votes(name)
    gold = read_gold(name)
    truth = [coding.classes.index(gold[task]) if task in gold else NO_LABEL for task in coding.tasks]

    runs = [replay(votes, truth, Policy(), np.random.default_rng(seed)) for seed in range(5)]

    assert np.mean([run.share for run in runs]) <= share
    assert np.mean([run.full_accuracy - run.accuracy for run in runs]) <= 0.005
