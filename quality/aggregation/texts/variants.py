"""The different wordings of each task, and how far they are from each other."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Codes, Floats
from quality.evaluation.words import Indices, Words, edit_distances


@dataclass(frozen=True, slots=True, eq=False)
class Variants:
    """Answers of one task with the same words are one variant.

    Variants are sorted by task, and on each task the one nearest to all answers comes first, ties
    in the order of the answers.

    task: (variants,); answer: (variants,) the first answer that has these words; count: (variants,)
        how many have them.
    distance: (variants,) the sum of edit distances to all answers of the task, in words; apart:
        (variants,) the same sum of shares, each distance over the words of the longer text.
    of_answer: (answers,) the variant that each answer is.
    """

    task: Indices
    answer: Indices
    count: Indices
    distance: Indices
    apart: Floats
    of_answer: Indices

    @property
    def nearest(self) -> Indices:
        """The variant nearest to all answers of each task that has answers, by task."""
        return np.flatnonzero(np.diff(self.task, prepend=-1))

    @property
    def mean_apart(self) -> float:
        """The mean share of words in which two answers to one task differ; nan where no task has
        two."""
        per_task = np.bincount(self.task, self.count)
        pairs = float((per_task * (per_task - 1)).sum())
        return float((self.count * self.apart).sum()) / pairs if pairs else float("nan")


def variants_of(tasks: Codes, words: Words) -> Variants:
    """The variants of answers to `tasks` (answers,), sorted, which are the first rows of
    `words`."""
    first, of_answer = _alike(tasks, words)
    count, task = np.bincount(of_answer, minlength=len(first)), tasks[first].astype(np.int64)
    one, other = _pairs(np.unique(task, return_counts=True)[1])
    edits = edit_distances(words, first[one], first[other])
    longer = np.maximum(words.lengths[first[one]], words.lengths[first[other]])
    distance = _both_ways(one, other, edits, count).astype(np.int64)
    apart = _both_ways(one, other, edits / np.maximum(longer, 1), count)
    order = np.lexsort((first, distance, task))
    return Variants(
        task[order], first[order], count[order], distance[order], apart[order], np.argsort(order)[of_answer]
    )


def _alike(tasks: Codes, words: Words) -> tuple[Indices, Indices]:
    """The first answer of each wording of a task, and the wording of each answer (answers,)."""
    seen: dict[tuple[int, bytes], int] = {}
    first: list[int] = []
    of_answer = np.zeros(len(tasks), dtype=np.int64)
    for row, task in enumerate(tasks.tolist()):
        codes = words.codes[words.starts[row] : words.starts[row + 1]].tobytes()
        of_answer[row] = seen.setdefault((task, codes), len(seen))
        if len(seen) > len(first):
            first.append(row)
    return np.array(first, dtype=np.int64), of_answer


def _pairs(sizes: Indices) -> tuple[Indices, Indices]:
    """All pairs of members of each group, where groups of these sizes (groups,) lie one after
    another."""
    starts = np.cumsum(sizes) - sizes
    one, other = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for size in np.unique(sizes).tolist():
        left, right = np.triu_indices(size, 1)
        begins = starts[sizes == size][:, None]
        one.append((begins + left).ravel())
        other.append((begins + right).ravel())
    return np.concatenate(one), np.concatenate(other)


def _both_ways(one: Indices, other: Indices, figures: Floats | Indices, count: Indices) -> Floats:
    """(variants,) the sum of a figure of pairs over the answers that are the other one of a
    pair."""
    sums = np.bincount(one, figures * count[other], len(count)) + np.bincount(other, figures * count[one], len(count))
    return sums.astype(np.float64, copy=False)
