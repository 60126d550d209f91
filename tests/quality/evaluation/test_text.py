import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.texts import read_set
from quality.evaluation.text import plain, word_errors
from tests.quality.datasets import votes_file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello,  World!\n", "hello world"),
        ("air-tight", "air tight"),
        ("We\u2019re 'here'", "we're here"),
        ("STRASSE stra\u00dfe", "strasse strasse"),
        ("\uff21\ufb01", "afi"),
        ("caf\u00e9 cafe\u0301", "caf\u00e9 caf\u00e9"),
        ("zero\u200bwidth", "zerowidth"),
        ("\u732b\u3001\u72ac\u3002", "\u732b \u72ac"),
        ("a_b $5", "a b 5"),
        (" - '?! ", ""),
    ],
)
def test_case_punctuation_and_white_space_are_left_aside(text, said):
    assert plain(text) == said


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_what_is_plain_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)


def test_rates_are_those_worked_out_by_hand():
    """One word replaced, one left out, two put in; and one of three replaced."""
    scores = word_errors(["the cat sat on the mat", "a b c"], ["The hat sat on mat or so.", "a x c"])

    assert (scores.errors.tolist(), scores.words.tolist()) == ([4, 1], [6, 3])
    assert scores.each.tolist() == [4 / 6, 1 / 3]
    assert (scores.mean, scores.corpus) == pytest.approx((1 / 2, 5 / 9))


def test_a_truth_without_words_has_no_rate_of_its_own_but_its_errors_count():
    scores = word_errors(["", "a"], ["b", "a"])

    assert np.isnan(scores.each[0])
    assert (scores.mean, scores.corpus) == (0, 1)


def test_nothing_to_score_is_nan():
    scores = word_errors(["", "?"], ["a", ""])

    assert np.isnan([scores.mean, scores.corpus]).all()
    assert np.isnan(word_errors([], []).mean)


def test_texts_can_be_compared_as_they_are():
    assert word_errors(["A b"], ["a b"], normalise=str).mean == 1 / 2


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="truth has 1 and texts has 2"):
        word_errors(["a"], ["a", "b"])


def test_single_workers_of_a_public_set_are_as_far_off_as_was_measured():
    votes, truth = read_set(votes_file("text_crowdspeech_dev_clean").parent)

    scores = word_errors([truth[task] for task in votes.tasks[::5].tolist()], votes.texts[::5])

    assert scores.mean == pytest.approx(0.165, abs=0.01)
