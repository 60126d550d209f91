import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation.texts import Rover, TextVotes
from quality.aggregation.texts.wording import written
from quality.evaluation.scripts import Unit
from quality.evaluation.text import plain


def test_answers_come_in_one_order_whatever_the_order_of_rows():
    votes = TextVotes.from_texts([1, 0, 0], [0, 1, 0], ["c", " b ", "a"])

    assert votes.tasks.tolist() == [0, 0, 1]
    assert votes.workers.tolist() == [0, 1, 0]
    assert votes.texts == ("a", "b", "c")


def test_sizes_are_read_off_codes_and_known_texts():
    votes = TextVotes.from_texts([0], [2], ["a"], known={3: "b"})

    assert (votes.n_tasks, votes.n_workers, dict(votes.known)) == (4, 3, {3: "b"})
    assert votes.per_task.tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0, 0], [0, 1], ["a"]), {}, "tasks has 2, workers has 2, texts has 1"),
        (([0, 0], [0, 1], ["a", None]), {}, r"texts\[1\] is None, not a text"),
        (([-1], [0], ["a"]), {}, r"tasks\[0\] is -1"),
        (([0], [0], ["a"]), {"known": {2: "a"}, "n_tasks": 2}, r"known\[0\] is 2, but n_tasks is 2"),
        (([0], [0], ["a"]), {"known": {0: 7}}, r"known\[0\] is 7, not a text"),
        (([0], [0], ["a"]), {"unit": "line"}, "unit must be one of word, character, got 'line'"),
    ],
)
def test_bad_rows_are_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TextVotes.from_texts(*arguments, **options)


def test_words_keep_the_form_that_they_were_written_in():
    assert written('"If you  please," - said\nMick') == [
        ("if", '"If '),
        ("you", "you "),
        ("please", 'please," - '),
        ("said", "said\n"),
        ("mick", "Mick "),
    ]


def test_marks_within_part_words_and_apostrophes_do_not():
    assert written("air-tight, don\u2019t") == [("air", "air-"), ("tight", "tight, "), ("don't", "don\u2019t ")]
    assert written("\u00bd") == [("1", "1 "), ("2", "2 ")]


def test_marks_alone_are_what_is_voted_on():
    assert written("?! \U0001f44d") == [("?!", "?! "), ("\U0001f44d", "\U0001f44d ")]
    fit = Rover().fit(TextVotes.from_texts([0, 0, 0], [0, 1, 2], ["\U0001f44d", "\U0001f44d", "\U0001f44e"]))
    assert fit.labels == ("\U0001f44d",)
    assert fit.confidence[0] < 0.9


def test_characters_keep_case_and_the_marks_behind_them():
    assert written("Ab, c.", "character") == [("a", "A"), ("b", "b,"), (" ", " "), ("c", "c.")]
    assert written("\u732b\u3060\u3002", "character") == [("\u732b", "\u732b"), ("\u3060", "\u3060\u3002")]


@settings(max_examples=200)
@given(text=st.text(alphabet="aB\u00e9'\u2019-_,.\"( \n\u200b5\u732b"), unit=st.sampled_from(["word", "character"]))
def test_forms_joined_say_the_same_as_the_text(text: str, unit: Unit) -> None:
    pairs = written(text, unit)

    joined = "".join(form for _, form in pairs)
    assert plain(joined) == plain(text)
    if unit == "word":
        assert [word for word, _ in pairs] == (plain(text).split() or [form.strip() for _, form in pairs])


@pytest.mark.parametrize(
    "text",
    [
        "हिन्दी में",
        "กินข้าว น้ำ",
        "مَرْحَبًا بك",
        "cafe\u0301s ok",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0646\u0627\u0646",
    ],
)
def test_accents_and_vowel_signs_part_no_words(text: str) -> None:
    pairs = written(text)

    assert [word for word, _ in pairs] == plain(text).split()
    assert len(pairs) == 2
    assert "".join(form for _, form in pairs).strip() == unicodedata.normalize("NFC", text)


def test_characters_are_put_together_before_they_are_counted():
    """A file system that takes characters apart doesn't make other answers of them."""
    votes = TextVotes.from_texts([0, 0], [0, 1], ["がく", "か\u3099く"], unit="character")

    assert len(votes.variants.task) == 1
    assert Rover().fit(votes).labels == ("がく",)


@pytest.mark.parametrize("unit", ["word", "character"])
@pytest.mark.parametrize("text", ["👨\u200d👩\u200d👧", "❤️", "ok 👨\u200d👩\u200d👧 ❤️"])
def test_emoji_of_several_characters_stay_whole(unit: Unit, text: str) -> None:
    votes = TextVotes.from_texts([0, 0, 0], [0, 1, 2], [text, text, text.replace("👧", "👦")], unit=unit)

    assert Rover(max_iter=0).fit(votes).labels == (text,)


def test_a_heart_is_the_same_whichever_look_is_asked_for():
    for unit in ("word", "character"):
        assert len(TextVotes.from_texts([0, 0], [0, 1], ["❤️", "❤"], unit=unit).variants.task) == 1
