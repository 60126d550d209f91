"""Texts against the truth: error rates of words and of characters."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.evaluation.words import Indices, edit_distances, encode

Normalise = Callable[[str], str]

APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\u00b4`", "'''''")
"""Quotation marks, a letter and accents that people type for an apostrophe."""


def plain(text: str) -> str:
    """`text` without what word error rates leave aside: case, punctuation and the kind of white space.

    Characters are made compatible (Unicode's NFKC) and their case is folded. An apostrophe within a word stays, since
    "we're" is another word than "were"; other punctuation and symbols separate words, and invisible marks vanish.
    """
    folded = unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).casefold()
    words = "".join(map(_kept, folded)).split()
    return " ".join(word for word in (each.strip("'") for each in words) if word)


def _kept(character: str) -> str:
    """What stands for a character: itself, a space, or nothing."""
    if character.isalnum() or character == "'":
        return character
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category[0] in "PSZC" else character


@dataclass(frozen=True, slots=True, eq=False)
class WordErrors:
    """The errors of texts, in words or in characters.

    errors: (texts,) words inserted, left out or replaced; words: (texts,) words of the truth.
    """

    errors: Indices
    words: Indices

    @property
    def each(self) -> npt.NDArray[np.float64]:
        """(texts,) the error rate of each text; may exceed 1. Where there is nothing to write, nothing written is right
        and anything else wholly wrong: 0 or 1."""
        rates: npt.NDArray[np.float64] = np.divide(
            self.errors, self.words, out=(self.errors > 0).astype(np.float64), where=self.words > 0
        )
        return rates

    @property
    def mean(self) -> float:
        """The mean rate of texts, so that each text counts for one; nan if there is none to score."""
        return float(self.each.mean()) if self.words.size else float("nan")

    @property
    def corpus(self) -> float:
        """All errors over all true words, so that each word counts for one; nan if there are no words."""
        total = int(self.words.sum())
        return float(self.errors.sum()) / total if total else float("nan")


def word_errors(truth: Sequence[str], texts: Sequence[str], *, normalise: Normalise = plain) -> WordErrors:
    """Compare texts with true ones, word by word, after `normalise` has been applied to both.

    Words are what white space separates; where nothing is left of a text of marks or emoji, these are its words. Raises
    ValueError if the lengths differ.
    """
    return _errors(truth, texts, lambda text: normalise(text).split() or text.split())


def character_errors(truth: Sequence[str], texts: Sequence[str], *, normalise: Normalise = plain) -> WordErrors:
    """The same character by character, white space aside: for languages that put none between words."""
    return _errors(truth, texts, lambda text: list("".join(normalise(text).split()) or "".join(text.split())))


def _errors(truth: Sequence[str], texts: Sequence[str], parts: Callable[[str], list[str]]) -> WordErrors:
    if len(truth) != len(texts):
        raise ValueError(f"one text a truth, but truth has {len(truth)} and texts has {len(texts)}")
    words, _ = encode(parts(text) for text in (*truth, *texts))
    rows = np.arange(len(truth))
    return WordErrors(edit_distances(words, rows, rows + len(truth)), words.lengths[: len(truth)])
