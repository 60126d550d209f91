"""Places of a text that the same workers mark are alike: stretches between ends of spans, and the
votes on them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.spans.votes import SpanVotes
from quality.evaluation.spans import Indices, merged

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Stretches of text with no end of a span inside, one row for each class of which somebody
    marked a span there.

    task, kind, start, end: (segments,) sorted by task, class and start. share: (segments,) of those
    who saw the task, how many mark it with the class; known: (segments,) whether it is in a known
    span of the class.
    parted: (segments,) whether more workers end a span and begin another at `start` than mark on
        across it.
    """

    task: Indices
    kind: Indices
    start: Indices
    end: Indices
    share: Floats
    known: Bools
    parted: Bools

    @property
    def length(self) -> Floats:
        """(segments,) places in each."""
        return (self.end - self.start).astype(np.float64)


def segments_of(votes: SpanVotes) -> Segments:
    n_kinds, known = votes.n_classes, votes.known
    begins, stops, touching = _marks(votes)
    true_text, true_start, true_end = merged(known.tasks * n_kinds + known.classes, known.starts, known.ends)
    reach = _reach(votes)
    true_begins, true_stops = true_text * reach + true_start, true_text * reach + true_end
    edges = np.unique(np.concatenate([begins, stops, true_begins, true_stops]))

    def at(places: Indices) -> Indices:
        """(edges,) how many of these places are at each edge."""
        return np.bincount(np.searchsorted(edges, places), minlength=len(edges))

    begun = at(begins)
    marks, true = np.cumsum(begun - at(stops)), np.cumsum(at(true_begins) - at(true_stops)) > 0
    parted = at(touching) > marks - begun
    filled = np.flatnonzero((marks > 0) | true)
    text, start, end = edges[filled] // reach, edges[filled] % reach, edges[filled + 1] % reach
    task, kind = text // n_kinds, text % n_kinds
    share = marks[filled] / np.maximum(votes.watchers[task], 1)
    return Segments(task, kind, start, end, share, true[filled], parted[filled])


def _reach(votes: SpanVotes) -> int:
    """One more than the last end of a span: place `p` of text `t` is told from all others by `t *
    reach + p`."""
    return int(np.append(votes.ends, votes.known.ends).max(initial=0)) + 1


def _marks(votes: SpanVotes) -> tuple[Indices, Indices, Indices]:
    """Where marks begin and stop, and where a worker stops one and begins another, as places told
    from all others.

    A text here is that of a task, once for each class. Spans of a worker and class that overlap are
    one mark.
    """
    n_workers, reach = max(votes.n_workers, 1), _reach(votes)
    texts = votes.tasks.astype(np.int64) * votes.n_classes + votes.classes
    of_worker, start, end = merged(texts * n_workers + votes.workers, votes.starts, votes.ends)
    begins, stops = (of_worker // n_workers * reach + place for place in (start, end))
    touching = (np.diff(of_worker) == 0) & (start[1:] == end[:-1])
    return begins, stops, begins[1:][touching]
