import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.multilabel import figures
from quality.aggregation.multilabel import METHODS, UNKNOWN, MultiLabelAuto, MultiLabelVotes, VoteShare, WeightedShare
from quality.aggregation.multilabel.thresholds import best_threshold, expected_f1_threshold, probability_of
from tests.quality.aggregation.multilabel.crowd import rows, votes_of
from tests.quality.datasets import votes_file

an_answer = st.tuples(st.integers(0, 4), st.integers(0, 3), st.tuples(*[st.integers(0, 1)] * 3))
some_known = st.lists(st.lists(st.integers(UNKNOWN, 1), min_size=3, max_size=3), min_size=5, max_size=5)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25)
@given(answers=st.lists(an_answer, max_size=25), known=some_known)
def test_probabilities_are_probabilities_and_known_entries_are_certain(method, answers, known):
    votes = votes_of(answers, known=known, n_workers=4)

    fit = METHODS[method].build().fit(votes)

    given_entries = np.array(known) != UNKNOWN
    np.testing.assert_array_equal(fit.labels[given_entries], (np.array(known) == 1)[given_entries])
    np.testing.assert_array_equal(fit.probability[given_entries], np.array(known)[given_entries])
    assert ((fit.probability >= 0) & (fit.probability <= 1)).all()
    assert ((fit.confidence >= 0) & (fit.confidence <= 1)).all()
    assert not fit.labels[(votes.counts() == 0) & ~given_entries].any()


@pytest.mark.parametrize("method", METHODS)
def test_tasks_without_answers_have_no_classes(method):
    fit = METHODS[method].build().fit(MultiLabelVotes.from_codes([0, 0], [0, 1], [[1, 1], [1, 1]], n_tasks=2))

    assert fit.labels[1].tolist() == [False, False]


@pytest.mark.parametrize("method", METHODS)
def test_no_answers_no_classes_and_one_answer_all_work(method):
    none, no_classes, one = (
        METHODS[method].build().fit(MultiLabelVotes.from_codes(*each))
        for each in (([], [], []), ([0], [0], np.zeros((1, 0))), ([0], [0], [[1, 0]]))
    )

    assert (none.labels.shape, no_classes.labels.shape) == ((0, 0), (1, 0))
    assert one.labels.tolist() == [[True, False]]
    assert np.isfinite(one.probability).all()


def test_a_class_is_taken_from_a_share_of_the_votes():
    ticks = [[1, 0]] * 3 + [[0, 0]] * 6 + [[0, 1]]

    fit = VoteShare(threshold=0.3).fit(MultiLabelVotes.from_codes([0] * 10, range(10), ticks))

    assert fit.labels.tolist() == [[True, False]]
    np.testing.assert_allclose(fit.probability, probability_of(np.array([[0.3, 0.1]]), np.array([0.3, 0.3])))


def test_the_threshold_is_where_the_probability_is_one_half():
    shares, thresholds = np.array([0.0, 0.1, 0.2, 0.6, 1.0]), np.full(5, 0.2)

    probability = probability_of(shares, thresholds)

    assert (probability[0], probability[2], probability[4]) == (0, 0.5, 1)
    assert (np.diff(probability) > 0).all()


def test_workers_who_tick_at_random_weigh_less():
    answers, _ = rows(np.random.default_rng(0))
    rng = np.random.default_rng(1)
    spoiled = [
        (task, worker, tuple((rng.random(4) < 0.3).tolist()) if worker < 3 else ticks)
        for task, worker, ticks in answers
    ]

    fit = WeightedShare().fit(votes_of(spoiled))

    assert fit.converged
    assert fit.skill is not None
    assert fit.skill[:3].max() < fit.skill[3:].min()


def test_answers_without_ticks_agree_with_each_other():
    fit = WeightedShare().fit(MultiLabelVotes.from_codes([0, 0, 1, 1], [0, 1, 0, 1], [[0], [0], [0], [0]]))

    assert fit.skill is not None
    assert fit.skill.tolist() == [1, 1]


def test_thresholds_are_learnt_from_known_entries():
    """Experts are content with a third of the votes here, and not with a sixth."""
    tasks = np.repeat(np.arange(60), 6)
    ticked = (np.tile(np.arange(6), 60) < np.repeat(np.where(np.arange(60) % 2, 2, 1), 6))[:, None]
    known = np.full((60, 1), UNKNOWN)
    known[:30, 0] = np.arange(30) % 2

    untaught, taught = (
        VoteShare().fit(MultiLabelVotes.from_codes(tasks, np.tile(np.arange(6), 60), ticked, known=each))
        for each in (None, known)
    )

    assert not untaught.labels.any()
    assert taught.labels[30:, 0].tolist() == [False, True] * 15
    assert "1 of 1 classes" in taught.reason


def test_a_class_without_known_entries_has_the_threshold_of_the_others():
    shares = np.linspace(0, 1, 41)

    assert best_threshold(shares, shares > 0.5) == pytest.approx(0.5, abs=0.05)
    assert best_threshold(shares[:9], shares[:9] > 0) is None


def test_expected_f1_is_highest_below_one_half():
    """Taking all four is expected to find 2.7 right: 2 · 2.7 / 6.7 = 0.81, against 0.85 for the
    first three."""
    assert expected_f1_threshold(np.array([0.3, 1.0, 0.9, 0.5])) == 0.5
    assert expected_f1_threshold(np.array([0.4, 0.4, 0.4])) == 0.4
    assert expected_f1_threshold(np.array([])) == 0.5


def test_auto_says_why_it_weighs_workers_or_not():
    answers, truth = rows(np.random.default_rng(2))
    many = MultiLabelAuto().fit(votes_of(answers))
    told = MultiLabelAuto().fit(votes_of(answers, known=np.where(np.arange(200) < 40, truth.T, UNKNOWN).T))
    few = MultiLabelAuto().fit(MultiLabelVotes.from_codes([0, 0], [0, 1], [[1], [0]]))

    assert (many.method, told.method, few.method) == ("class-dawid-skene", "weighted-share", "vote-share")
    assert "9.0 answers a task" in many.reason
    assert "2.0 answers a task" in few.reason


def test_medical_relations_reach_the_bar():
    measured = {(method, measure): value for method, measure, value in figures(votes_file("multilabel_medrel").parent)}

    assert measured["auto", "F1 treat"] >= 0.915  # 0.936 by a threshold tuned on this set, which others paid for
    assert measured["auto", "F1 treat, 10% gold"] >= 0.92
