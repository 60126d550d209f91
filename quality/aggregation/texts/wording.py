"""Texts as what is voted on: words in plain form, each with the form that it was written in."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from quality.evaluation.text import APOSTROPHES, plain

Unit = Literal["word", "character"]

Written = list[tuple[str, str]]
"""Words, and the stretch of text behind each. Stretches joined are the text, but for marks that come before any word,
invisible ones, and the kind of white space."""

IN_WORDS = r"\w" + "".join(map(chr, APOSTROPHES)) + "'"

STRETCH = re.compile(rf"[^{IN_WORDS}]*[{IN_WORDS}]+[^{IN_WORDS}\s]*(?:\s+[^{IN_WORDS}\s]+(?=\s))*\s*")
"""A word with the marks that touch it, marks that stand alone behind it, and the space before the next word."""


def written(text: str, unit: Unit = "word") -> Written:
    """The words of a text, or its characters, as `plain` makes them; in a text of marks only, the marks are words."""
    visible = text if text.isascii() else "".join(each for each in text if unicodedata.category(each) != "Cf")
    spaced = " ".join(visible.split()) + " "
    found = _by_word(spaced) if unit == "word" else _by_character(spaced)
    marks = spaced.split() if unit == "word" else spaced.rstrip()
    return found or [(mark, f"{mark} " if unit == "word" else mark) for mark in marks]


def _by_word(text: str) -> Written:
    pairs: Written = []
    for stretch in STRETCH.findall(text):
        words = _words(stretch)
        if len(words) == 1:
            pairs.append((words[0], stretch))
        elif words:  # what makes two words of one, such as "½", has no parts to give back
            pairs += [(word, f"{word} ") for word in words]
        elif pairs:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + stretch)
    return pairs


def _by_character(text: str) -> Written:
    pairs: Written = []
    for character in text.rstrip():
        unit = " " if character == " " else plain(character)
        if unit:
            pairs.append((unit, character))
        elif pairs:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + character)
    return pairs


@lru_cache(maxsize=1 << 16)
def _words(stretch: str) -> tuple[str, ...]:
    return tuple(plain(stretch).split())
