import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation import NO_LABEL, DawidSkene, Votes
from quality.aggregation.ordinal import METHODS, OrdinalAuto, OrdinalDawidSkene, OrdinalMedian
from quality.aggregation.ordinal.dawid_skene import expected_confusion, types
from quality.aggregation.ordinal.fit import expected_distances
from tests.quality.aggregation.ordinal.crowd import N_CLASSES, error, rows, votes_of
from tests.quality.datasets import read_gold, read_votes

every = pytest.mark.parametrize("method", METHODS)
some_rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 4)), max_size=25)
some_known = st.lists(st.integers(NO_LABEL, N_CLASSES - 1), min_size=6, max_size=6)
few_examples = settings(max_examples=25)


@every
@few_examples
@given(rows=some_rows, known=some_known)
def test_labels_are_of_least_expected_distance(method, rows, known):
    votes = votes_of(rows, known=known)

    fit = METHODS[method].build().fit(votes)

    np.testing.assert_allclose(fit.posterior.sum(axis=1), 1)
    by_hand = np.abs(np.arange(N_CLASSES)[:, None] - np.arange(N_CLASSES)) @ fit.posterior.T
    np.testing.assert_allclose(expected_distances(fit.posterior), by_hand.T, atol=1e-12)
    labelled = np.flatnonzero(fit.labels != NO_LABEL)
    np.testing.assert_allclose(by_hand[fit.labels[labelled], labelled], by_hand[:, labelled].min(axis=0), atol=1e-8)
    np.testing.assert_array_equal(fit.confidence[labelled], fit.posterior[labelled, fit.labels[labelled]])
    assert ((fit.labels == NO_LABEL) == ~votes.has_evidence).all()
    assert fit.labels[votes.known != NO_LABEL].tolist() == [label for label in known if label != NO_LABEL]


@every
@few_examples
@given(rows=some_rows)
def test_reading_the_scale_from_the_other_end_changes_nothing_else(method, rows):
    reversed_rows = [(task, worker, N_CLASSES - 1 - label) for task, worker, label in rows]

    one, other = (METHODS[method].build().fit(votes_of(each, n_tasks=6)) for each in (rows, reversed_rows))

    np.testing.assert_allclose(one.posterior, other.posterior[:, ::-1], atol=1e-9)


def test_the_median_is_in_the_middle_even_if_nobody_is_sure_of_it():
    fit = OrdinalMedian().fit(Votes.from_codes([0] * 5, range(5), [0, 0, 2, 4, 4]))

    assert fit.labels.tolist() == [2]
    assert fit.confidence == pytest.approx([0.2])
    assert fit.method == "ordinal-median"


def test_all_classes_between_two_middle_votes_are_drawn():
    tasks = np.repeat(np.arange(300), 2)

    labels = OrdinalMedian().fit(Votes.from_codes(tasks, np.arange(600), np.tile([1, 3], 300))).labels

    assert set(labels.tolist()) == {1, 2, 3}


def test_weights_of_votes_move_the_median():
    votes = Votes.from_codes([0, 0, 0], [0, 1, 2], [0, 1, 4], weights=[1.0, 1.0, 5.0])

    assert OrdinalMedian().fit(votes).labels.tolist() == [4]


@pytest.mark.parametrize("n_classes", [1, 2, 5, 11])
def test_types_answer_nearby_classes_most(n_classes):
    confusion, log_prior = types(n_classes)

    np.testing.assert_allclose(confusion.sum(axis=2), 1)
    mean = expected_confusion(np.zeros((1, n_classes, n_classes)))[0]
    assert np.isfinite(log_prior).all()
    assert (mean.argmax(axis=1) == np.arange(n_classes)).all()
    assert (np.diff(mean[0, :-1]) < 0).all()  # what is past the end of the scale falls to its last class


def test_a_worker_who_is_one_class_too_high_is_understood():
    rng = np.random.default_rng(0)
    truth = rng.integers(5, size=300)
    made_up = [
        (task, worker, min(truth[task] + 1, 4) if worker < 2 else truth[task] if rng.random() < 0.8 else 2)
        for task in range(300)
        for worker in range(5)
    ]

    fit = OrdinalDawidSkene().fit(votes_of(made_up))

    assert fit.workers is not None
    assert fit.workers.confusion[0, 0, 1] > 0.9
    assert error(fit, truth) < 0.1
    assert error(fit, truth) < error(OrdinalMedian().fit(votes_of(made_up)), truth) / 2


@pytest.mark.parametrize("seed", range(3))
def test_near_misses_are_expected_so_few_votes_go_further(seed):
    made_up, truth = rows(np.random.default_rng(seed))
    votes = votes_of([row for row in made_up if row[1] < 6])

    assert error(OrdinalDawidSkene().fit(votes), truth) < error(DawidSkene().fit(votes), truth)


def test_history_tells_the_better_worker():
    history = np.stack([20 * np.eye(5), np.full((5, 5), 4.0)])

    fit = OrdinalDawidSkene().fit(Votes.from_codes([0, 0], [0, 1], [1, 4], history=history, n_classes=5))

    assert fit.labels.tolist() == [1]


def test_auto_takes_the_median_where_workers_cannot_be_compared():
    lone = Votes.from_codes([0, 1, 2], [0, 0, 1], [0, 1, 2])
    many = Votes.from_codes(np.repeat([0, 1], 4), [0, 1, 2, 3] * 2, [0, 1, 1, 1, 2, 2, 2, 3])
    told = Votes.from_codes([0, 1, 2], [0, 0, 1], [0, 1, 2], known=[0, NO_LABEL, NO_LABEL])

    one, other, third = (OrdinalAuto().fit(votes) for votes in (lone, many, told))

    assert (one.method, other.method, third.method) == (
        "ordinal-median",
        "ordinal-dawid-skene",
        "ordinal-dawid-skene",
    )
    assert one.reason == "1.0 votes a task: fewer than 3.5 cannot compare workers"


@pytest.mark.parametrize(("name", "at_most"), [("web", 0.23), ("adult", 0.25)])
def test_distance_from_the_truth_on_public_sets_is_less_than_without_the_order(name, at_most):
    votes, coding = read_votes(name)
    gold = read_gold(name)
    task_of = {task: code for code, task in enumerate(coding.tasks)}
    scored = [(task_of[task], coding.classes.index(label)) for task, label in gold.items() if task in task_of]
    tasks, truth = np.array(scored).T

    plain, ordinal = (np.abs(m.fit(votes).labels[tasks] - truth).mean() for m in (DawidSkene(), OrdinalAuto()))

    assert ordinal < min(plain, at_most)
