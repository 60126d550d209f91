"""A text aligned with those before it: the cheapest path through a table of costs, for many tasks
at once."""

import numpy as np
import numpy.typing as npt

from quality.evaluation.words import NO_WORD, Indices, Words

Costs = npt.NDArray[np.int32]


def aligned(words: Words, rows: Indices, counts: Indices) -> tuple[Indices, Indices]:
    """(tasks, places, texts) where in `words.codes` the word of each text at each place is, or
    `NO_WORD` for none; and how many places each task has (tasks,).

    After J. G. Fiscus (1997), A post-processing system to yield reduced word error rates: ROVER,
    section 2.1. The first text is the network to begin with. The path of each later one is the
    cheapest, where a text already there charges its count for a place at which it says something
    else, be it nothing, and all of them charge theirs for a new place. Of paths that cost the same,
    the one is taken that, from the end, pairs a word with a place if it can, else passes a place
    over, else makes a new one.

    rows, counts: (tasks, texts) of `words`, and how many answers each stands for; all tasks have as
        many texts.
    """
    tokens = Words(np.arange(len(words.codes)), words.starts)
    table, places = tokens.table(rows[:, 0])[:, :, None], words.lengths[rows[:, 0]]
    for column in range(1, rows.shape[1]):
        text, length = tokens.table(rows[:, column]), words.lengths[rows[:, column]]
        paired, passed = _costs(np.append(words.codes, NO_WORD), table, text, counts[:, :column])
        total = counts[:, :column].sum(axis=1).astype(np.int32)
        source, word = _path(_sums(paired, passed, total), paired, passed, length, places)
        table, places = _extended(table, text, source, word)
    return table, places


def _costs(codes: Indices, table: Indices, text: Indices, counts: Indices) -> tuple[Costs, Costs]:
    """What it costs to pair each word with each place (words, tasks, places), and to pass places
    over (tasks, places).

    table: (tasks, places, texts), text: (tasks, words) tokens.
    """
    total, there = counts.sum(axis=1)[:, None], codes[table]
    paired = np.empty((text.shape[1], *table.shape[:2]), dtype=np.int32)
    for step, word in enumerate(codes[text].T):
        paired[step] = total - np.einsum("tpk,tk->tp", there == word[:, None, None], counts)
    passed = total - np.einsum("tpk,tk->tp", there == NO_WORD, counts)
    return paired, passed.astype(np.int32)


def _sums(paired: Costs, passed: Costs, total: Costs) -> Costs:
    """(words + 1, tasks, places + 1) the least cost of aligning the first words with the first
    places."""
    over = np.zeros((passed.shape[0], passed.shape[1] + 1), dtype=np.int32)
    np.cumsum(passed, axis=1, out=over[:, 1:])
    sums = np.empty((len(paired) + 1, *over.shape), dtype=np.int32)
    sums[0] = over
    for step, pairing in enumerate(paired):
        entries = sums[step] + total[:, None]
        np.minimum(entries[:, 1:], sums[step, :, :-1] + pairing, out=entries[:, 1:])
        sums[step + 1] = np.minimum.accumulate(entries - over, axis=1) + over
    return sums


def _path(sums: Costs, paired: Costs, passed: Costs, words: Indices, places: Indices) -> tuple[Indices, Indices]:
    """(tasks, steps) the place and the word that each step of the cheapest path takes, `NO_WORD`
    where it takes none.

    Steps go from the end to the beginning; a path that is shorter than others takes nothing in its
    last steps.
    """
    task, word, place = np.arange(len(words)), words.copy(), places.copy()
    steps: list[tuple[Indices, Indices]] = []
    while (word + place).any():
        here = sums[word, task, place]
        before, left = np.maximum(word - 1, 0), np.maximum(place - 1, 0)
        both, over = np.zeros((2, len(task)), dtype=bool)
        may = np.flatnonzero((word > 0) & (place > 0))
        at = before[may], may, left[may]
        both[may] = sums[at] + paired[at] == here[may]
        may = np.flatnonzero(~both & (place > 0))
        over[may] = sums[word[may], may, left[may]] + passed[may, left[may]] == here[may]
        new = ~both & ~over & (word > 0)
        steps.append((np.where(both | over, left, NO_WORD), np.where(both | new, before, NO_WORD)))
        word, place = word - (both | new), place - (both | over)
    source, taken = np.array(steps, dtype=np.int64).reshape(-1, 2, len(task)).transpose(1, 2, 0)
    return source, taken


def _extended(table: Indices, text: Indices, source: Indices, word: Indices) -> tuple[Indices, Indices]:
    """The table with one more text, and its places, from the path (tasks, steps) from end to
    beginning."""
    places = ((source != NO_WORD) | (word != NO_WORD)).sum(axis=1)
    step = places[:, None] - 1 - np.arange(source.shape[1])
    source, word = (
        np.where(step >= 0, np.take_along_axis(each, np.maximum(step, 0), axis=1), NO_WORD) for each in (source, word)
    )
    earlier = np.full((*source.shape, table.shape[2]), NO_WORD, dtype=np.int64)
    task, place = np.nonzero(source != NO_WORD)
    earlier[task, place] = table[task, source[task, place]]
    newest = np.full((*source.shape, 1), NO_WORD, dtype=np.int64)
    task, place = np.nonzero(word != NO_WORD)
    newest[task, place, 0] = text[task, word[task, place]]
    return np.concatenate([earlier, newest], axis=2), places
