"""Where two texts differ."""

from typing import Any

import pytest

from tests.browser.conftest import Window

DIFFER = """
  const { differences } = await import("/static/tasks/text_diff.js");
  return differences(first, second).map(({ text, only }) => (only ? `${only}:${text}` : text));
"""


@pytest.mark.parametrize(
    ("first", "second", "parts"),
    [
        ("", "", []),
        ("a cat", "a cat", ["a cat"]),
        ("a cat", "", ["first:a cat"]),
        ("a red car", "a car", ["a ", "first:red ", "car"]),
        ("a car", "a red car", ["a ", "second:red ", "car"]),
        ("the cat sat", "the hat spat", ["the ", "first:cat sat", "second:hat spat"]),
        ("a b c d", "a x c d", ["a ", "first:b", "second:x", " c d"]),
        ("今天天气很好", "今天天气不好", None),
        ("a 👩‍👩‍👧 b", "a 👩‍👩‍👦 b", ["a ", "first:👩‍👩‍👧", "second:👩‍👩‍👦", " b"]),
        ("e\u0301tude", "etude", ["first:e\u0301tude", "second:etude"]),
    ],
)
def test_words_that_differ_are_told_and_none_is_cut(window: Window, first: str, second: str, parts: Any) -> None:
    found = window.run(DIFFER, first=first, second=second)

    if parts is not None:
        assert found == parts
    for of, text in (("first", first), ("second", second)):
        other = "second" if of == "first" else "first"
        kept = [each.removeprefix(f"{of}:") for each in found if not each.startswith(f"{other}:")]
        assert "".join(kept) == text


def test_texts_that_share_little_and_are_long_are_told_apart_at_once(window: Window) -> None:
    first, second = (" ".join(f"{sign}{n}" for n in range(3000)) for sign in "ab")

    assert window.run(DIFFER, first=first, second=second) == [f"first:{first}", f"second:{second}"]
