"""Spans of texts against the truth: precision, recall and F1 of whole spans, and of the characters
in them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.evaluation.inputs import whole
from quality.evaluation.retrieval import Retrieval

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Spans on tasks, one row a span.

    tasks: (spans,) integer codes; starts, ends: (spans,) the first place in the text, from 0, and
    the one after the last, in characters or tokens; classes: (spans,) codes; scores: (spans,) how
    sure each is.
    """

    tasks: Indices
    starts: Indices
    ends: Indices
    classes: Indices
    scores: Floats

    @classmethod
    def from_rows(
        cls,
        tasks: npt.ArrayLike,
        starts: npt.ArrayLike,
        ends: npt.ArrayLike,
        classes: npt.ArrayLike | None = None,
        scores: npt.ArrayLike | None = None,
    ) -> "Spans":
        """Classes that are left out are all 0, scores all 1. ValueError naming the row or the
        lengths at fault."""
        task = whole("tasks", tasks)
        start, end = checked_ends(starts, ends)
        kind = np.zeros(len(start), dtype=np.int64) if classes is None else whole("classes", classes)
        score = np.ones(len(start)) if scores is None else np.array(scores, dtype=np.float64)
        lengths = {"tasks": len(task), "starts": len(start), "classes": len(kind), "scores": len(score)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"one row a span, but {', '.join(f'{name} has {n}' for name, n in lengths.items())}")
        if np.isnan(score).any():
            raise ValueError(f"scores[{np.flatnonzero(np.isnan(score))[0]}] is not a number")
        return cls(task, start, end, kind, score)

    def __len__(self) -> int:
        return len(self.tasks)

    def where(self, chosen: npt.NDArray[np.bool_] | Indices) -> "Spans":
        """The spans of these rows."""
        places = self.starts[chosen], self.ends[chosen]
        return Spans(self.tasks[chosen], *places, self.classes[chosen], self.scores[chosen])


def score_spans(truth: Spans, found: Spans, *, by_class: bool = True) -> Retrieval:
    """Count found spans that are right: a true one of the same task has the same start, end and,
    `by_class`, class.

    Spans that are listed twice are paired one to one.
    """
    rows = [[each.tasks, each.starts, each.ends, each.classes * by_class] for each in (truth, found)]
    _, codes = np.unique(np.concatenate(rows, axis=1), axis=1, return_inverse=True)
    codes = codes.reshape(-1)
    true, marked = (np.bincount(each, minlength=len(codes)) for each in (codes[: len(truth)], codes[len(truth) :]))
    return Retrieval(int(np.minimum(true, marked).sum()), len(found), len(truth))


def score_characters(truth: Spans, found: Spans, *, by_class: bool = True) -> Retrieval:
    """Count the characters (or tokens) of found spans that are in true ones of the same task and,
    `by_class`, class.

    A character in several spans of one class counts once; one in spans of several classes counts
    for each.
    """
    true, marked = _covered(truth, by_class=by_class), _covered(found, by_class=by_class)
    either = _covered(truth, found, by_class=by_class)
    return Retrieval(true + marked - either, marked, true)


def merged(groups: npt.NDArray[np.integer], starts: Indices, ends: Indices) -> tuple[Indices, Indices, Indices]:
    """Groups, starts and ends of spans once those of one group that overlap are one, in order;
    touching ones stay."""
    order = np.lexsort((ends, starts, groups))
    begins_group = np.diff(groups[order], prepend=-1) != 0
    shift = (np.cumsum(begins_group) - 1) * (int(ends.max(initial=0)) + 1)  # each group's places after the last one's
    reach = np.maximum.accumulate(ends[order] + shift)
    first = np.flatnonzero(begins_group | (starts[order] + shift >= np.append(0, reach[:-1])))
    last = np.append(first[1:], len(order)) - 1 if len(first) else first
    return groups[order][first].astype(np.int64), starts[order][first], reach[last] - shift[last]


def checked_ends(starts: npt.ArrayLike, ends: npt.ArrayLike) -> tuple[Indices, Indices]:
    """Both as new vectors; ValueError naming the row that doesn't have whole numbers with 0 <=
    start < end."""
    start, end = whole("starts", starts), whole("ends", ends)
    if len(start) != len(end):
        raise ValueError(f"one row a span, but starts has {len(start)}, ends has {len(end)}")
    wrong = np.flatnonzero((start < 0) | (end <= start))
    if wrong.size:
        raise ValueError(
            f"span {wrong[0]} goes from {start[wrong[0]]} to {end[wrong[0]]}; it must have 0 <= start < end"
        )
    return start, end


def _covered(*spans: Spans, by_class: bool) -> int:
    """How many characters are in any span of a set of spans, counted by task and class."""
    tasks, starts, ends, classes = (
        np.concatenate([getattr(each, name) for each in spans]) for name in ("tasks", "starts", "ends", "classes")
    )
    _, groups = np.unique(np.stack([tasks, classes * by_class]), axis=1, return_inverse=True)
    _, begins, stops = merged(groups.reshape(-1), starts, ends)
    return int((stops - begins).sum())
