"""Texts of one task laid side by side, so that words which mean the same place can be compared."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.progress import tell
from quality.aggregation.texts.alignment import aligned
from quality.evaluation.words import CELLS, NO_WORD, Indices, Words


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Confusion networks of many tasks: each place of a task holds one word, or none, of each of
    its texts.

    task: (places,) sorted. place, text: (entries,) which text says something at which place, sorted
        by both.
    token: (entries,) where in `Words.codes` the word is, or `NO_WORD` if the text has none there.
    """

    task: Indices
    place: Indices
    text: Indices
    token: Indices

    def said(self, words: Words) -> Indices:
        """(entries,) the word of each entry, or `NO_WORD`."""
        return np.append(words.codes, NO_WORD)[self.token]


def confusion_network(words: Words, rows: Indices, counts: Indices, tasks: Indices) -> Network:
    """The texts of each task aligned one by one, in their order, with the network of those before
    (`aligned`).

    rows: (texts,) of `words`; counts: (texts,) how many answers each stands for; tasks: (texts,)
        sorted.
    """
    starts = np.flatnonzero(np.diff(tasks, prepend=-1))
    sizes = np.diff(starts, append=len(tasks))
    longest = np.maximum.reduceat(words.lengths[rows], starts) if len(starts) else starts
    batches = list(_batches(sizes, longest))
    none = np.zeros(0, dtype=np.int64)
    parts, places = [(none, none, none, none)], 0
    for done, batch in enumerate(batches, start=1):
        texts = starts[batch][:, None] + np.arange(sizes[batch[0]])
        table, filled = aligned(words, rows[texts], counts[texts])
        member, place = np.nonzero(np.arange(table.shape[1]) < filled[:, None])
        token = table[member, place]
        nth = np.repeat(places + np.arange(len(member)), token.shape[1])
        parts.append((tasks[starts[batch]][member], nth, texts[member].ravel(), token.ravel()))
        places += len(member)
        tell(done, len(batches))
    return _by_task(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _batches(sizes: Indices, longest: Indices) -> Iterator[Indices]:
    """Tasks with as many texts and texts about as long, as many of them as fit the cells of a
    table."""
    order = np.lexsort((longest, sizes))
    cells = ((longest + 1) * (longest + sizes))[order]
    start = 0
    for stop in range(1, len(order) + 1):
        ends = stop == len(order) or sizes[order[stop]] != sizes[order[start]]
        if ends or cells[stop] * (stop + 1 - start) > CELLS:
            yield order[start:stop]
            start = stop


def _by_task(task: Indices, place: Indices, text: Indices, token: Indices) -> Network:
    """The network with its places numbered in the order of tasks; those of one task are already in
    order."""
    order = np.argsort(task, kind="stable")
    renumbered: npt.NDArray[np.int64] = np.argsort(order)[place]
    entries = np.argsort(renumbered, kind="stable")
    return Network(task[order], renumbered[entries], text[entries], token[entries])
