from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation.spans import METHODS, SpanAuto, SpanFit, SpanShare, SpanVotes
from quality.evaluation.spans import Spans, score_characters, score_spans
from tests.quality.aggregation.spans.crowd import error, rows, spans, votes_of

every = pytest.mark.parametrize("method", METHODS)
few_examples = settings(max_examples=60)
a_mark = st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 8), st.integers(1, 5), st.integers(0, 1)).map(
    lambda mark: (*mark[:3], mark[2] + mark[3], mark[4])
)
some_marks = st.lists(a_mark, max_size=14)


def listed(found: Spans) -> list[tuple[int, ...]]:
    """(task, start, end, class) of each span."""
    columns = (found.tasks, found.starts, found.ends, found.classes)
    return [tuple(row) for row in np.stack(columns, axis=1).tolist()]


def test_places_that_enough_mark_are_a_span_as_worked_out_by_hand():
    """Of three who looked, marks of places 0 to 9: 1 1 2 2 3 3 2 1 0 0. Two of three are kept. What
    two mark is probable by `two`, what three do by `three`."""
    votes = votes_of([(0, 0, 0, 6, 0), (0, 1, 2, 8, 0), (0, 2, 4, 7, 0)])

    fit = SpanShare().fit(votes)

    assert listed(fit.labels) == [(0, 2, 7, 0)]
    sureness = fit.judge.sureness
    assert sureness is not None
    places = sureness.places
    one, two, three = places.probability(np.array([1.0, 2.0, 3.0]), np.array([3.0, 3.0, 3.0])).tolist()
    assert fit.labels.scores.tolist() == [pytest.approx((3 * two + 2 * three) / 5)]
    overlooked = sureness.true_places * places.missed(np.array(3.0))
    expected = 3 * one + 3 * two + 2 * three + overlooked
    assert fit.confidence.tolist() == [pytest.approx(2 * (3 * two + 2 * three) / (5 + expected))]
    assert fit.threshold == 0.5


def test_half_is_enough_by_default_and_less_is_not():
    two = [(0, worker, 3, 5, 0) for worker in range(2)]

    of_four, of_five = (SpanShare().fit(votes_of(two, seen=([0] * n, range(n)))) for n in (4, 5))

    assert listed(of_four.labels) == [(0, 3, 5, 0)]
    assert listed(of_five.labels) == []


def test_who_looked_without_marking_votes_against_every_place():
    alone = SpanShare().fit(votes_of([(0, 0, 3, 5, 0)]))
    passed_by = SpanShare().fit(votes_of([(0, 0, 3, 5, 0)], seen=([0, 0], [1, 2])))

    assert (len(alone.labels), len(passed_by.labels)) == (1, 0)
    assert 0.5 < alone.confidence[0] < 0.9
    assert 0.4 < passed_by.confidence[0] < 0.9


def test_classes_are_judged_apart_and_may_overlap():
    marked = [(0, worker, 0, 6, 0) for worker in range(3)] + [(0, worker, 4, 9, 1) for worker in range(3)]

    assert listed(SpanShare().fit(votes_of(marked)).labels) == [(0, 0, 6, 0), (0, 4, 9, 1)]


def test_spans_that_touch_stay_two_if_more_workers_part_them_than_join_them():
    parted, joined = [(0, 3), (3, 5)], [(0, 5)]

    def fitted(*of_workers: list[tuple[int, int]]) -> list[tuple[int, ...]]:
        marked = [(0, worker, *ends, 0) for worker, each in enumerate(of_workers) for ends in each]
        return listed(SpanShare().fit(votes_of(marked)).labels)

    assert fitted(parted, parted, joined) == [(0, 0, 3, 0), (0, 3, 5, 0)]
    assert fitted(parted, joined, joined) == fitted(parted, joined) == [(0, 0, 5, 0)]


def test_a_place_that_a_worker_marks_twice_counts_once():
    votes = votes_of([(0, 0, 0, 6, 0), (0, 0, 4, 8, 0), (0, 0, 4, 8, 0)], seen=([0] * 3, range(3)))

    assert listed(SpanShare(threshold=1 / 3).fit(votes).labels) == [(0, 0, 8, 0)]
    assert listed(SpanShare(threshold=0.34).fit(votes).labels) == []


def test_a_threshold_is_learnt_from_known_tasks():
    """What one of four marks is right here, and what nobody marks is not; without known tasks it is
    left out."""
    marked = [(task, worker, 10 * worker, 10 * worker + 4, 0) for task in range(12) for worker in range(4)]
    truth = [(task, 10 * worker, 10 * worker + 4, 0) for task in range(11) for worker in range(4)]

    untaught, taught = SpanAuto().fit(votes_of(marked)), SpanAuto().fit(votes_of(marked, known=spans(truth)))

    assert (len(untaught.labels), untaught.threshold) == (0, 0.5)
    assert untaught.reason == (
        "marks are counted, not weighed; 0 known tasks are too few to learn from: a place takes 0.5 of the votes"
    )
    assert taught.threshold == 0.125
    assert taught.reason.endswith("11 known tasks are met best by places that 0.12 of the workers mark")
    assert [row for row in listed(taught.labels) if row[0] == 11] == [
        (11, 10 * place, 10 * place + 4, 0) for place in range(4)
    ]


def test_a_threshold_that_is_as_good_as_the_best_stays_near_the_default():
    marked = [(task, worker, 0, 4, 0) for task in range(12) for worker in range(4)]

    assert SpanShare().fit(votes_of(marked, known=spans([(task, 0, 4, 0) for task in range(12)]))).threshold == 0.5


@every
def test_known_tasks_have_their_known_spans(method):
    votes = votes_of([(0, 0, 3, 5, 0), (2, 0, 0, 2, 1)], known=spans([(1, 7, 9, 1)]), known_tasks=[0, 1])

    fit = METHODS[method].build().fit(votes)

    assert listed(fit.labels) == [(1, 7, 9, 1), (2, 0, 2, 1)]
    assert fit.labels.scores[0] == 1
    assert fit.confidence[:2].tolist() == [1, 1]
    assert 0.5 < fit.confidence[2] < 0.9


@every
def test_no_votes_and_unseen_tasks_work(method):
    none = METHODS[method].build().fit(SpanVotes.from_codes([], [], [], [], n_tasks=2, seen=([1], [0])))

    assert (len(none.labels), none.confidence[0], none.converged) == (0, 0, True)
    assert 0.5 < none.confidence[1] < 0.9


@every
@few_examples
@given(marks=some_marks, names=st.permutations(range(4)), rng=st.randoms(use_true_random=False))
def test_order_of_rows_and_names_of_workers_do_not_matter(method, marks, names, rng):
    shuffled = rng.sample(marks, len(marks))
    renamed = [(task, names[worker], *rest) for task, worker, *rest in marks]

    fits = [METHODS[method].build().fit(votes_of(each, n_tasks=3)) for each in (marks, shuffled, renamed)]

    assert described(fits[0]) == described(fits[1]) == described(fits[2])


def described(fit: SpanFit) -> tuple[Any, ...]:
    return listed(fit.labels), fit.labels.scores.tolist(), fit.confidence.tolist(), fit.threshold


@few_examples
@given(marks=some_marks, threshold=st.sampled_from([0.3, 0.5, 0.7]))
def test_a_place_is_in_a_span_if_and_only_if_enough_mark_it(marks, threshold):
    votes = votes_of(marks, n_tasks=3, n_classes=2)

    labels = SpanShare(threshold).fit(votes).labels

    for task in range(3):
        seen = {worker for code, worker, *_ in marks if code == task}
        for kind in range(2):
            inside = {
                place for t, start, end, k in listed(labels) if (t, k) == (task, kind) for place in range(start, end)
            }
            for place in range(15):
                markers = {w for t, w, start, end, k in marks if (t, k) == (task, kind) and start <= place < end}
                assert (place in inside) == (bool(markers) and len(markers) >= threshold * len(seen) - 1e-9)


def test_a_good_crowd_is_better_than_its_workers():
    marked, truth = rows(np.random.default_rng(0))

    alone = [
        score_characters(
            truth, Spans.from_rows(*np.array([row for row in marked if row[1] == worker]).T[[0, 2, 3, 4]])
        ).f1
        for worker in range(7)
    ]

    assert error(SpanAuto().fit(votes_of(marked)), truth) < 0.05 < 1 - max(alone)
    assert score_spans(truth, SpanAuto().fit(votes_of(marked)).labels).f1 > 0.5
