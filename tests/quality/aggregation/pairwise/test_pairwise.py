import csv
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation import NO_LABEL
from quality.aggregation.pairwise import EQUAL, LEFT, METHODS, RIGHT, BradleyTerry, Comparisons, NoisyBradleyTerry
from quality.evaluation import mean_over_groups, spearman
from tests.quality.aggregation.pairwise.crowd import comparisons_of, rows
from tests.quality.datasets import votes_file

both = pytest.mark.parametrize("method", METHODS)
a_row = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 4), st.integers(0, 2))
some_rows = st.lists(a_row.filter(lambda row: row[1] != row[2]), max_size=25)


def few(pairs: Sequence[tuple[int, int, int]], **options) -> Comparisons:
    """One worker a vote: (left, right, answer)."""
    left, right, labels = np.array(pairs).T
    return Comparisons.from_rows(left, right, np.arange(len(pairs)), labels, **options)


def test_two_items_have_the_odds_of_their_wins():
    comparisons = few([(0, 1, LEFT)] * 300 + [(0, 1, RIGHT)] * 100)

    fit = BradleyTerry(tol=1e-12).fit(comparisons)

    assert fit.beats([0, 1], [1, 0]) == pytest.approx([0.75, 0.25], abs=0.002)
    assert fit.ranks.tolist() == [1, 2]


def test_ties_are_half_a_win_each():
    tied, split = few([(0, 1, EQUAL), (0, 1, EQUAL), (0, 1, LEFT)]), few([(0, 1, LEFT)] * 2 + [(0, 1, RIGHT)])

    np.testing.assert_array_equal(BradleyTerry().fit(tied).scores, BradleyTerry().fit(split).scores)


@both
@settings(max_examples=25)
@given(rows=some_rows)
def test_figures_are_finite_and_answers_are_distributions(method, rows):
    workers, left, right, labels = np.array(rows, dtype=int).reshape(-1, 4).T
    comparisons = Comparisons.from_rows(left, right, workers, labels, n_items=6, n_workers=5)

    fit = METHODS[method].build().fit(comparisons)

    assert np.isfinite(fit.scores).all()
    assert np.isfinite(fit.deviation).all()
    assert (fit.posterior >= 0).all()
    np.testing.assert_allclose(fit.posterior.sum(axis=1), 1)
    assert fit.scores[5] == pytest.approx(0, abs=1e-9)  # never compared


@both
@settings(max_examples=25)
@given(rows=some_rows)
def test_swapping_left_and_right_swaps_the_answers_and_nothing_else(method, rows):
    workers, left, right, labels = np.array(rows, dtype=int).reshape(-1, 4).T
    tasks = np.arange(len(rows))
    swapped = np.array([RIGHT, LEFT, EQUAL])[labels]

    one = METHODS[method].build().fit(Comparisons.from_codes(tasks, workers, labels, left=left, right=right))
    other = METHODS[method].build().fit(Comparisons.from_codes(tasks, workers, swapped, left=right, right=left))

    np.testing.assert_allclose(one.scores, other.scores, atol=1e-9)
    np.testing.assert_allclose(one.posterior, other.posterior[:, [RIGHT, LEFT, EQUAL]], atol=1e-9)


@both
@settings(max_examples=25)
@given(rows=some_rows)
def test_iterations_never_make_the_votes_less_likely(method, rows):
    workers, left, right, labels = np.array(rows, dtype=int).reshape(-1, 4).T
    comparisons = Comparisons.from_rows(left, right, workers, labels)

    trace = METHODS[method].build(tol=0, max_iter=30).fit(comparisons).log_likelihood

    assert (np.diff(trace) >= -1e-9).all()


@both
def test_an_item_that_always_wins_has_a_finite_score(method):
    fit = METHODS[method].build().fit(few([(0, 1, LEFT)] * 50 + [(1, 2, LEFT)] * 50))

    assert fit.ranks.tolist() == [1, 2, 3]
    assert fit.scores.max() < 10


def test_a_worker_who_mixes_up_the_sides_is_understood_and_a_guesser_ignored():
    rng = np.random.default_rng(0)
    made_up, truth = rows(rng)
    opposite = {LEFT: RIGHT, RIGHT: LEFT, EQUAL: EQUAL}
    spoilt = [
        (pair, worker, left, right, opposite[answer] if worker < 3 else rng.integers(2) if worker < 6 else answer)
        for pair, worker, left, right, answer in made_up
    ]

    plain, noisy = (method.fit(comparisons_of(spoilt)) for method in (BradleyTerry(), NoisyBradleyTerry()))

    assert noisy.judges is not None
    assert noisy.judges.reliability[:3].max() < 0.3
    assert 0.3 < noisy.judges.reliability[3:6].mean() < 0.7
    assert noisy.judges.reliability[6:].min() > 0.75
    assert spearman(truth, noisy.scores) > spearman(truth, plain.scores)


def test_a_worker_without_votes_has_the_prior():
    fit = NoisyBradleyTerry().fit(few([(0, 1, LEFT)], n_workers=2))

    assert fit.judges is not None
    assert fit.judges.reliability[1] == pytest.approx(0.8)
    assert fit.judges.deviation[1] == pytest.approx(np.sqrt(0.8 * 0.2 / 6))


@both
def test_a_known_answer_stands_against_the_votes(method):
    comparisons = Comparisons.from_codes(
        [0, 0, 1], [0, 1, 0], [LEFT, LEFT, LEFT], left=[0, 2], right=[1, 3], known=[RIGHT, NO_LABEL]
    )

    fit = METHODS[method].build().fit(comparisons)

    assert fit.labels.tolist() == [RIGHT, LEFT]
    assert fit.confidence[0] == 1
    assert fit.beats([0], [1])[0] < 0.5
    if fit.judges is not None:
        assert fit.judges.reliability.max() < 0.8


@both
def test_an_uncompared_pair_has_no_label_but_the_odds_of_its_scores(method):
    comparisons = Comparisons.from_codes([0, 1] * 10, np.arange(20), [LEFT] * 20, left=[0, 1, 0], right=[1, 2, 2])

    fit = METHODS[method].build().fit(comparisons)

    assert fit.labels.tolist() == [LEFT, LEFT, NO_LABEL]
    assert fit.posterior[2, LEFT] > fit.posterior[2, RIGHT]


def test_ranks_start_anew_in_every_group_and_equal_scores_share_them():
    fit = BradleyTerry().fit(few([(0, 1, RIGHT), (3, 4, LEFT), (3, 5, LEFT)], groups=[0, 0, 0, 1, 1, 1]))

    assert fit.ranks.tolist() == [3, 1, 2, 1, 2.5, 2.5]


@pytest.mark.parametrize("n_pairs", range(2, 9))
@both
def test_items_that_differ_by_rounding_errors_alone_share_their_score_and_rank(method, n_pairs):
    """Nobody has met another one's opponent: all winners are equally good, and so are all
    losers."""
    left = 2 * np.arange(n_pairs)
    answers = np.where(left % 4, RIGHT, LEFT)
    rows = Comparisons.from_rows(left, left + 1, np.zeros_like(left), answers)

    fit = METHODS[method].build().fit(rows)

    won = np.where(left % 4, left + 1, left)
    assert fit.ranks[won].tolist() == [(n_pairs + 1) / 2] * n_pairs
    assert len(set(fit.scores.tolist())) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"left": [0], "right": [0]}, r"left\[0\] and right\[0\] are the same item, 0"),
        ({"left": [0], "right": [1], "groups": [0, 1]}, r"left\[0\] is an item of group 0, but right\[0\] of 1"),
        ({"left": [0], "right": [2], "n_items": 2}, r"right\[0\] is 2, but n_items is 2"),
        ({"left": [0], "right": [1], "groups": [0, 0], "n_items": 3}, "groups has 2 entries, but n_items is 3"),
        ({"left": [0], "right": [2], "groups": [0, 0]}, r"right\[0\] is 2, but the number of groups is 2"),
        ({"left": [0, 1], "right": [2]}, "left has 2, right has 1"),
        ({"left": [0], "right": [1], "known": [3]}, r"known\[0\] is 3, but n_classes is 3"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Comparisons.from_codes([0], [0], [LEFT], **options)


def test_reliability_of_workers_brings_convincing_arguments_closer_to_the_published_ranking():
    path = votes_file("pair_ukpconvarg1")
    with path.open(newline="") as file:
        votes = list(csv.DictReader(file))
    with (path.parent / "gold_rank.csv").open(newline="") as file:
        gold = {row["task"]: (row["topic"], float(row["score"])) for row in csv.DictReader(file)}
    items = {name: code for code, name in enumerate(sorted(gold))}
    workers = {name: code for code, name in enumerate(sorted({row["worker"] for row in votes}))}
    comparisons = Comparisons.from_rows(
        [items[row["left"]] for row in votes],
        [items[row["right"]] for row in votes],
        [workers[row["worker"]] for row in votes],
        [("left", "right", "equal").index(row["label"]) for row in votes],
    )
    topics, published = zip(*(gold[name] for name in sorted(gold)), strict=True)

    # the published rank is highest for the least convincing argument
    plain, noisy = (
        mean_over_groups(spearman, published, -method.fit(comparisons).scores, topics)
        for method in (BradleyTerry(), NoisyBradleyTerry())
    )

    assert 0.905 < plain < noisy
