import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.texts import read_set
from quality.evaluation.text import character_errors, plain, word_errors
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
        ("I \u2764\ufe0f you \u2764", "i you"),
        ("\u01f0", "\u01f0"),
        ("\u0e19\u0e49\u0e33", "\u0e19\u0e49\u0e33"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940"),
    ],
)
def test_case_punctuation_and_white_space_are_left_aside(text, said):
    assert plain(text) == said


@settings(max_examples=50)
@given(st.text())
def test_what_is_plain_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)


def test_rates_are_those_worked_out_by_hand():
    """One word replaced, one left out, two put in; and one of three replaced."""
    scores = word_errors(["the cat sat on the mat", "a b c"], ["The hat sat on mat or so.", "a x c"])

    assert (scores.errors.tolist(), scores.words.tolist()) == ([4, 1], [6, 3])
    assert scores.each.tolist() == [4 / 6, 1 / 3]
    assert (scores.mean, scores.corpus) == pytest.approx((1 / 2, 5 / 9))


def test_what_is_written_where_nothing_is_to_write_is_wholly_wrong_and_its_errors_count():
    scores = word_errors(["", "a"], ["b c", "a"])

    assert scores.each.tolist() == [1, 0]
    assert (scores.mean, scores.corpus) == (1 / 2, 2)


def test_nothing_to_score_is_nan():
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


def test_texts_of_emoji_alone_have_words_too():
    errors = word_errors(["\U0001f600 \U0001f680", "\U0001f600"], ["\U0001f600 \U0001f600", "\U0001f600"])

    assert errors.each.tolist() == [0.5, 0]


def test_nothing_to_write_is_right_if_nothing_was_written_and_counts_in_the_mean():
    errors = word_errors(["", "", "a b"], ["", "c d", "a x"])

    assert errors.each.tolist() == [0, 1, 0.5]
    assert errors.mean == 0.5


def test_characters_tell_errors_where_no_space_parts_words():
    truth, given = ["\u4eca\u65e5\u306f\u6674\u308c"], ["\u4eca\u65e5\u306f\u96e8\u308c"]

    assert word_errors(truth, given).mean == 1
    assert character_errors(truth, given).mean == 0.2
    assert character_errors(["a b"], ["ab"]).mean == 0


@pytest.mark.parametrize(
    ("truth", "given", "errors", "characters"),
    [
        ("今天天气很好。", "今天天气不好", 1, 6),
        ("東京タワー", "東京タワ", 1, 5),
        ("が", "か\u3099", 0, 1),  # as macOS writes it
        ("\uff21\uff22\uff23", "abc", 0, 3),
        ("น้ำ", "น้า", 1, 3),  # a letter, a tone and a vowel: three code points, though readers see one
        ("한국", unicodedata.normalize("NFD", "한국"), 0, 2),
        ("𠮷", "吉", 1, 1),
        ("a b", "ab", 0, 2),
        ("👍", "👎", 1, 1),
        ("❤️", "❤", 0, 1),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👦", 1, 3),
        ("", "", 0, 0),
        ("", "多", 1, 0),
        ("多", "", 1, 1),
    ],
)
def test_characters_are_code_points_after_normalisation(truth: str, given: str, errors: int, characters: int) -> None:
    scores = character_errors([truth], [given])

    assert (scores.errors.tolist(), scores.words.tolist()) == ([errors], [characters])


def test_emoji_that_differ_are_different_words_and_the_choice_of_their_look_is_none():
    errors = word_errors(["❤️", "👍️", "I ❤️ you"], ["👍️", "👍", "I ❤ you"])

    assert errors.each.tolist() == [1, 0, 0]
