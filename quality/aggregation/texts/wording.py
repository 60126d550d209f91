"""Texts as what is voted on: words in plain form, each with the form that it was written in."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from quality.evaluation.scripts import Unit
from quality.evaluation.text import APOSTROPHES, LOOKS, plain, visible

Written = list[tuple[str, str]]
"""Words, and the stretch of text behind each. Stretches joined are the text in Unicode's NFC, but
for marks that come before any word, invisible ones, and the kind and amount of white space; lines
end where they did."""

IN_WORDS = r"\w" + "".join(map(chr, APOSTROPHES)) + "'"

STRETCH = re.compile(rf"[^{IN_WORDS}]*[{IN_WORDS}]+[^{IN_WORDS}\s]*(?:\s+[^{IN_WORDS}\s]+(?=\s))*\s*")
"""A word with the marks that touch it, marks that stand alone behind it, and the space before the
next word."""


SPACE = re.compile(r"\s+")

JOINERS = re.compile("[\u200c\u200d\U000e0020-\U000e007f]")
"""Invisible, but they change the look of what they stand between or behind: letters of Persian, a
family, a flag."""


def written(text: str, unit: Unit = "word") -> Written:
    """The words of a text, or its characters, as `plain` makes them; in a text of marks only, the
    marks are words."""
    spaced = SPACE.sub(_one_space, _shown(text).strip()) + " "
    if unit == "character":
        return _by_character(spaced, _character) or _by_character(spaced, visible)
    return _by_word(spaced) or [(visible(mark) or mark, f"{mark} ") for mark in spaced.split()]


def _one_space(run: re.Match[str]) -> str:
    """What stands for a run of white space: lines stay lines."""
    return "\n" if "\n" in run[0] else " "


def _shown(text: str) -> str:
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(each for each in composed if unicodedata.category(each) != "Cf" or JOINERS.match(each))


def _by_word(text: str) -> Written:
    pairs: Written = []
    for place in STRETCH.finditer(text if text.isascii() else _shape(text)):
        stretch = text[place.start() : place.end()]
        words = _words(stretch)
        if len(words) == 1:
            pairs.append((words[0], stretch))
        elif words:  # what makes two words of one, such as "½", has no parts to give back
            pairs += [(word, f"{word} ") for word in words]
        elif pairs:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + stretch)
    return pairs


def _shape(text: str) -> str:
    """The text with an `a` for what is in words and a full stop for other marks, in their places.

    What belongs to the character before it, such as an accent or a vowel sign, is as that one is:
    no word ends there.
    """
    shape = ""
    for character in text:
        shape += _kind(character) or shape[-1:] or "."
    return shape


@lru_cache(maxsize=1 << 16)
def _kind(character: str) -> str:
    if unicodedata.category(character)[0] == "M" or JOINERS.match(character):
        return ""
    return re.sub(rf"[{IN_WORDS}]", "a", re.sub(rf"[^{IN_WORDS}\s]", ".", character))


def _by_character(text: str, said_by: Callable[[str], str]) -> Written:
    pairs: Written = []
    for character in text.rstrip():
        unit = said_by(character)
        if unit:
            pairs.append((unit, character))
        elif pairs:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + character)
    return pairs


@lru_cache(maxsize=1 << 16)
def _character(character: str) -> str:
    if character == " " or (unicodedata.category(character)[0] == "M" and not LOOKS.match(character)):
        return character
    return plain(character)


@lru_cache(maxsize=1 << 16)
def _words(stretch: str) -> tuple[str, ...]:
    return tuple(plain(stretch).split())
