"""What every method promises. A new method is tested by being registered."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation import METHODS, NO_LABEL, Fit, Votes, create, simulate_votes

pytestmark = pytest.mark.parametrize("method", METHODS)

PRIOR_FOLLOWS = {"hierarchical", "shared-errors", "ebcc"}
"""Methods whose prior moves with the estimates: they settle, but the likelihood may fall on the
way."""

N_TASKS, N_WORKERS, N_CLASSES = 6, 4, 3
SIZES = {"n_tasks": N_TASKS, "n_workers": N_WORKERS, "n_classes": N_CLASSES}

a_vote = st.tuples(
    st.integers(0, N_TASKS - 1),
    st.integers(0, N_WORKERS - 1),
    st.integers(0, N_CLASSES - 1),
)
some_votes = st.lists(a_vote, max_size=30)
some_known = st.lists(st.integers(NO_LABEL, N_CLASSES - 1), min_size=N_TASKS, max_size=N_TASKS)
few_examples = settings(max_examples=25)


def votes_of(rows: list[tuple[int, int, int]], **options: Any) -> Votes:
    tasks, workers, labels = np.array(rows, dtype=int).reshape(-1, 3).T
    return Votes.from_codes(tasks, workers, labels, **{**SIZES, **options})


def same_bits(one: Fit, other: Fit) -> bool:
    arrays = ("labels", "posterior", "class_shares")
    return one.log_likelihood == other.log_likelihood and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays
    )


@few_examples
@given(rows=some_votes, known=some_known)
def test_posterior_is_a_distribution_and_labels_are_its_likeliest(method, rows, known):
    votes = votes_of(rows, known=known)

    fit = create(method).fit(votes)

    assert fit.posterior.shape == (N_TASKS, N_CLASSES)
    assert (fit.posterior >= 0).all()
    np.testing.assert_allclose(fit.posterior.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(fit.class_shares.sum(), 1, atol=1e-12)
    labelled = fit.labels != NO_LABEL
    of_label = fit.posterior[labelled, fit.labels[labelled]]
    np.testing.assert_allclose(of_label, fit.confidence[labelled], atol=1e-9)


@few_examples
@given(rows=some_votes, known=some_known, rng=st.randoms(use_true_random=False))
def test_order_of_votes_does_not_matter_bit_for_bit(method, rows, known, rng):
    shuffled = rng.sample(rows, len(rows))

    one, other = (create(method).fit(votes_of(order, known=known)) for order in (rows, shuffled))

    assert same_bits(one, other)


@few_examples
@given(rows=some_votes, names=st.permutations(range(N_WORKERS)))
def test_names_of_workers_do_not_matter(method, rows, names):
    renamed = [(task, names[worker], label) for task, worker, label in rows]

    one, other = (create(method).fit(votes_of(each)) for each in (rows, renamed))

    np.testing.assert_allclose(one.posterior, other.posterior, atol=1e-9)


@few_examples
@given(rows=some_votes, known=some_known, names=st.permutations(range(N_CLASSES)))
def test_names_of_classes_do_not_matter(method, rows, known, names):
    renamed = [(task, worker, names[label]) for task, worker, label in rows]
    renamed_known = [NO_LABEL if label == NO_LABEL else names[label] for label in known]

    one = create(method).fit(votes_of(rows, known=known))
    other = create(method).fit(votes_of(renamed, known=renamed_known))

    np.testing.assert_allclose(one.posterior, other.posterior[:, names], atol=1e-9)


@few_examples
@given(rows=some_votes)
def test_a_vote_given_twice_counts_twice(method, rows):
    repeated = create(method).fit(votes_of(rows + rows))
    weighted = create(method).fit(votes_of(rows, weights=np.full(len(rows), 2.0)))

    assert same_bits(repeated, weighted)


@few_examples
@given(rows=some_votes, known=some_known)
def test_known_tasks_are_certain(method, rows, known):
    fit = create(method).fit(votes_of(rows, known=known))

    is_known = np.array(known) != NO_LABEL
    assert fit.labels[is_known].tolist() == [label for label in known if label != NO_LABEL]
    assert (fit.confidence[is_known] == 1).all()


@few_examples
@given(rows=some_votes, known=some_known)
def test_tasks_without_evidence_have_no_label_and_the_class_shares(method, rows, known):
    votes = votes_of(rows, known=known)

    fit = create(method).fit(votes)

    assert ((fit.labels == NO_LABEL) == ~votes.has_evidence).all()
    for posterior in fit.posterior[~votes.has_evidence]:
        np.testing.assert_allclose(posterior, fit.class_shares, atol=1e-12)


@few_examples
@given(rows=some_votes, known=some_known)
def test_worker_models_are_distributions(method, rows, known):
    workers = create(method).fit(votes_of(rows, known=known)).workers

    if workers is not None:
        assert workers.confusion.shape == (N_WORKERS, N_CLASSES, N_CLASSES)
        np.testing.assert_allclose(workers.confusion.sum(axis=2), 1, atol=1e-12)
        assert ((workers.accuracy >= 0) & (workers.accuracy <= 1 + 1e-12)).all()


@few_examples
@given(rows=some_votes, known=some_known)
def test_iterations_never_make_the_votes_less_likely(method, rows, known):
    if method in PRIOR_FOLLOWS:
        return

    trace = create(method, tol=0, max_iter=30).fit(votes_of(rows, known=known)).log_likelihood

    assert (np.diff(trace) >= -1e-9).all()


def test_truth_is_recovered_from_a_good_crowd(method):
    votes, truth = simulate_votes(
        np.random.default_rng(1),
        n_tasks=300,
        n_workers=20,
        n_classes=4,
        votes_per_task=9,
        accuracy=(0.6, 0.95),
    )

    fit = create(method).fit(votes)

    assert (fit.labels == truth).mean() > 0.97
    assert fit.converged


def test_arguments_are_left_as_they_were(method):
    arguments = [np.array([1, 0, 0]), np.array([0, 1, 0]), np.array([2, 2, 0]), np.array([1.0, 2.0, 1.0])]
    before = [argument.copy() for argument in arguments]
    known = np.array([NO_LABEL, 1])

    create(method).fit(Votes.from_codes(*arguments[:3], weights=arguments[3], known=known))

    for argument, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(argument, copy)
    assert known.tolist() == [NO_LABEL, 1]


def test_no_votes_at_all_leave_every_task_open(method):
    fit = create(method).fit(Votes.from_codes([], [], [], n_tasks=2, n_classes=2))

    assert fit.labels.tolist() == [NO_LABEL, NO_LABEL]
    np.testing.assert_allclose(fit.posterior, 0.5)


def test_no_tasks_at_all_give_an_empty_fit(method):
    fit = create(method).fit(Votes.from_codes([], [], []))

    assert (fit.labels.shape, fit.posterior.shape) == ((0,), (0, 1))


def test_a_single_vote_is_the_label(method):
    fit = create(method).fit(Votes.from_codes([0], [0], [1], n_classes=2))

    assert fit.labels.tolist() == [1]


def test_a_lone_class_is_certain(method):
    fit = create(method).fit(Votes.from_codes([0, 0, 1], [0, 1, 0], [0, 0, 0]))

    assert fit.posterior.tolist() == [[1.0], [1.0]]


def test_ties_fall_on_every_class_and_the_same_seed_repeats_them(method):
    tasks = np.repeat(np.arange(200), 2)
    votes = Votes.from_codes(tasks, np.arange(400), np.tile([0, 1], 200))

    one, again, other = (create(method, seed=seed).fit(votes).labels for seed in (1, 1, 2))

    assert one.tolist() == again.tolist() != other.tolist()
    assert 60 < np.count_nonzero(one) < 140


def test_method_says_which_one_did_the_work(method):
    fit = create(method).fit(Votes.from_codes([0], [0], [0]))

    assert fit.method in METHODS
    assert fit.method == method or fit.reason
