import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.evaluation.spans import Spans, score_characters, score_spans

a_span = st.tuples(st.integers(0, 2), st.integers(0, 8), st.integers(1, 6), st.integers(0, 1))
some_spans = st.lists(a_span, max_size=10)


def test_scores_are_those_worked_out_by_hand():
    """Characters: 4 of [2, 7) are in [3, 8); [0, 2) is met; [5, 9) is on another task."""
    truth = Spans.from_rows([0, 0, 1], [0, 3, 5], [2, 8, 9])
    found = Spans.from_rows([0, 0], [0, 2], [2, 7])

    exact, characters = score_spans(truth, found), score_characters(truth, found)

    assert (exact.right, exact.found, exact.true) == (1, 2, 3)
    assert (exact.precision, exact.recall, exact.f1) == (1 / 2, 1 / 3, 2 / 5)
    assert (characters.right, characters.found, characters.true) == (2 + 4, 2 + 5, 2 + 5 + 4)
    assert characters.f1 == 12 / 18


def test_classes_count_unless_they_are_left_aside():
    truth, found = Spans.from_rows([0], [0], [4], [1]), Spans.from_rows([0], [0], [4], [0])

    assert (score_spans(truth, found).f1, score_characters(truth, found).f1) == (0, 0)
    assert score_spans(truth, found, by_class=False).f1 == score_characters(truth, found, by_class=False).f1 == 1


def test_a_span_listed_twice_is_paired_once():
    truth, twice = Spans.from_rows([0], [0], [4]), Spans.from_rows([0, 0], [0, 0], [4, 4])

    assert score_spans(truth, twice).precision == 1 / 2
    assert score_characters(truth, twice).precision == 1


def test_nothing_to_score_is_nan_and_missing_everything_is_zero():
    none, one = Spans.from_rows([], [], []), Spans.from_rows([0], [0], [4])

    for score in (score_spans, score_characters):
        assert np.isnan(score(none, none).f1)
        assert (score(one, none).recall, score(none, one).precision) == (0, 0)


@settings(max_examples=60)
@given(true=some_spans, marked=some_spans, by_class=st.booleans())
def test_characters_are_those_of_sets_of_places(true, marked, by_class):
    truth, found = (
        Spans.from_rows(*np.array([(t, s, s + n, k) for t, s, n, k in each], dtype=int).reshape(-1, 4).T)
        for each in (true, marked)
    )

    scores = score_characters(truth, found, by_class=by_class)

    places = [
        {(task, place, kind * by_class) for task, start, n, kind in each for place in range(start, start + n)}
        for each in (true, marked)
    ]
    assert (scores.right, scores.found, scores.true) == (len(places[0] & places[1]), len(places[1]), len(places[0]))


def test_bad_rows_are_refused():
    with pytest.raises(ValueError, match="span 1 goes from 4 to 2"):
        Spans.from_rows([0, 0], [0, 4], [1, 2])
    with pytest.raises(ValueError, match="tasks has 2, starts has 1"):
        Spans.from_rows([0, 0], [0], [1])
    with pytest.raises(ValueError, match=r"scores\[0\] is not a number"):
        Spans.from_rows([0], [0], [1], scores=[float("nan")])
