"""Texts against the truth: error rates of words and of characters."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.evaluation.scripts import Unit
from quality.evaluation.words import Indices, edit_distances, encode

Normalise = Callable[[str], str]

APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\u00b4`", "'''''")
"""Quotation marks, a letter and accents that people type for an apostrophe."""

LOOKS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: a heart with one is red, and the same heart."""


BROKEN_AM = ("\u0e4d\u0e32", "\u0e33"), ("\u0ecd\u0eb2", "\u0eb3")
"""The vowel `am` of Thai and of Lao: NFKC takes it apart for good, NFC leaves it whole."""


def plain(text: str) -> str:
    """`text` without what error rates leave aside: case, punctuation and the kind of white space.

    Characters are made compatible (Unicode's NFKC) and their case is folded. An apostrophe within a
    word stays, since "we're" is another word than "were"; other punctuation and symbols separate
    words, and invisible marks vanish.
    """
    folded = unicodedata.normalize("NFKC", visible(text).translate(APOSTROPHES)).casefold()
    composed = unicodedata.normalize("NFKC", folded)  # folding takes some letters apart
    for broken, whole in BROKEN_AM:
        composed = composed.replace(broken, whole)
    words = "".join(map(_kept, composed)).split()
    return " ".join(word for word in (each.strip("'") for each in words) if any(map(str.isalnum, word)))


def visible(text: str) -> str:
    """`text` without what has no look of its own: formats, such as joiners, and selectors of
    variants."""
    return text if text.isascii() else "".join(each for each in text if not _is_invisible(each))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or bool(LOOKS.match(character))


def _kept(character: str) -> str:
    """What stands for a character: itself, or a space."""
    if character.isalnum() or character == "'":
        return character
    return " " if unicodedata.category(character)[0] in "PSZC" else character


@dataclass(frozen=True, slots=True, eq=False)
class WordErrors:
    """The errors of texts, in words or in characters.

    errors: (texts,) words inserted, left out or replaced; words: (texts,) words of the truth.
    """

    errors: Indices
    words: Indices

    @property
    def each(self) -> npt.NDArray[np.float64]:
        """(texts,) the error rate of each text; may exceed 1. Where there is nothing to write,
        nothing written is right and anything else wholly wrong: 0 or 1."""
        rates: npt.NDArray[np.float64] = np.divide(
            self.errors, self.words, out=(self.errors > 0).astype(np.float64), where=self.words > 0
        )
        return rates

    @property
    def mean(self) -> float:
        """The mean rate of texts, so that each text counts for one; nan if there is none to
        score."""
        return float(self.each.mean()) if self.words.size else float("nan")

    @property
    def corpus(self) -> float:
        """All errors over all true words, so that each word counts for one; nan if there are no
        words."""
        total = int(self.words.sum())
        return float(self.errors.sum()) / total if total else float("nan")


def word_errors(truth: Sequence[str], texts: Sequence[str], *, normalise: Normalise = plain) -> WordErrors:
    """Compare texts with true ones, word by word, after `normalise` has been applied to both.

    Words are what white space separates; where nothing is left of a text of marks or emoji, these
    are its words. Raises ValueError if the lengths differ.
    """
    return text_errors(truth, texts, "word", normalise=normalise)


def character_errors(truth: Sequence[str], texts: Sequence[str], *, normalise: Normalise = plain) -> WordErrors:
    """The same character by character: for languages that put no space between words.

    A character is a code point of the normalised text, as is usual: after `plain` accents that
    Unicode has no single letter for, vowel signs of Thai, and people in an emoji of a family are
    characters of their own, whatever a reader sees as one. Unlike elsewhere, white space is left
    aside.
    """
    return text_errors(truth, texts, "character", normalise=normalise)


def text_errors(truth: Sequence[str], texts: Sequence[str], unit: Unit, *, normalise: Normalise = plain) -> WordErrors:
    """The same in either unit; `unit_of` says which one suits the texts."""
    if len(truth) != len(texts):
        raise ValueError(f"one text a truth, but truth has {len(truth)} and texts has {len(texts)}")
    words, _ = encode(parts_of(text, unit, normalise=normalise) for text in (*truth, *texts))
    rows = np.arange(len(truth))
    return WordErrors(edit_distances(words, rows, rows + len(truth)), words.lengths[: len(truth)])


def parts_of(text: str, unit: Unit, *, normalise: Normalise = plain) -> list[str]:
    """The words or characters of a text; of one in which nothing is left by `normalise`, those of
    its marks."""
    words = normalise(text).split() or unicodedata.normalize("NFC", visible(text)).split()
    return words if unit == "word" else list("".join(words))
