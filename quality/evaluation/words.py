"""Texts as rows of word codes, and how many words must be edited to make one of another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]

NO_WORD = -1
"""Fills a table of words after the end of a text."""

CELLS = 1 << 20
"""About how many numbers a table may hold at once: few enough for the processor's cache, enough for
numpy's pace."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Texts as sequences of word codes, one after another.

    codes: (words,) from 0; starts: (texts + 1,) where each text begins, and the end of the last.
    """

    codes: Indices
    starts: Indices

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]]) -> Self:
        lengths = [len(text) for text in texts]
        codes = np.fromiter((code for text in texts for code in text), dtype=np.int64, count=sum(lengths))
        return cls(codes, np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Indices:
        """(texts,) words of each text."""
        return np.diff(self.starts)

    def table(self, texts: Indices) -> Indices:
        """(texts, longest) the codes of these texts, a row each, filled up with `NO_WORD`."""
        lengths = self.lengths[texts]
        place = np.arange(int(lengths.max(initial=0)))
        rows = np.full((len(texts), len(place)), NO_WORD, dtype=np.int64)
        filled = place < lengths[:, None]
        rows[filled] = self.codes[(self.starts[texts][:, None] + place)[filled]]
        return rows


def encode(texts: Iterable[Sequence[str]]) -> tuple[Words, tuple[str, ...]]:
    """Texts, each a sequence of words, as codes; and the words behind the codes, in alphabetical
    order."""
    listed = list(texts)
    vocabulary = tuple(sorted({word for text in listed for word in text}))
    code_of = {word: code for code, word in enumerate(vocabulary)}
    return Words.of([[code_of[word] for word in text] for text in listed]), vocabulary


def edit_distances(words: Words, one: npt.ArrayLike, other: npt.ArrayLike) -> Indices:
    """(pairs,) words to insert, delete or replace to make text `one[i]` of text `other[i]` (V.
    Levenshtein, 1966).

    one, other: (pairs,) rows of `words`. All pairs of a batch advance together, a row of their
    tables at a time, so the cost is the product of a pair's lengths in numbers, not in steps of
    Python.
    """
    left, right = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
    if left.ndim != 1 or left.shape != right.shape:
        raise ValueError(f"one row a pair, but one has shape {left.shape} and other {right.shape}")
    lengths = words.lengths
    distances = np.zeros(len(left), dtype=np.int64)
    order = np.lexsort((lengths[right], lengths[left]))
    width = int(lengths[right].max(initial=0)) + 1
    for start in range(0, len(order), max(CELLS // width, 1)):
        rows = order[start : start + max(CELLS // width, 1)]
        distances[rows] = _distances(words, left[rows], right[rows])
    return distances


def _distances(words: Words, left: Indices, right: Indices) -> Indices:
    """(pairs,) of one batch. Row i of a pair's table has the distances of i words on the left to 0,
    1, … on the right.

    min(above + 1, diagonal + differs) is found for the whole row at once. An entry is then at most
    one more than the entry before it: less its place, a running minimum.
    """
    here, there = words.table(left).astype(np.int32), words.table(right).astype(np.int32)
    place = np.arange(there.shape[1] + 1, dtype=np.int32)
    row = np.tile(place, (len(left), 1))
    ends = words.lengths[left]
    for step in range(here.shape[1]):
        entries = row + 1
        np.minimum(entries[:, 1:], row[:, :-1] + (there != here[:, step, None]), out=entries[:, 1:])
        entries = np.minimum.accumulate(entries - place, axis=1) + place
        row = np.where((step < ends)[:, None], entries, row)
    return np.take_along_axis(row, words.lengths[right][:, None], axis=1)[:, 0].astype(np.int64)
