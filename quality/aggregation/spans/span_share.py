"""A place of a text is in a span if enough of those who saw the text marked it."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.spans.fit import SpanFit
from quality.aggregation.spans.segments import Bools, Segments, segments_of
from quality.aggregation.spans.sureness import Beliefs, Sureness
from quality.aggregation.spans.votes import SpanVotes
from quality.evaluation.spans import Spans

UNTAUGHT = 0.5
"""Without known tasks: a crowd that overlooks much does better with less, and one that guesses does
worse."""

ENOUGH = 10
"""Known tasks that somebody saw, from which a threshold is learnt."""

NEARLY = 0.1
"""Values of F1 closer than this over the root of the number of known tasks are as good as each
other."""

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SpanShare:
    """Places that a share of the workers mark with a class: from `threshold` up, learnt from known
    tasks if None.

    Classes are judged apart, so that spans of different classes may overlap. Kept places that touch
    are one span, unless more workers part them there than mark on across the border. `sureness`,
    how far this crowd can be believed, is learnt if None.
    """

    threshold: float | None = None
    sureness: Sureness | None = None

    def fit(self, votes: SpanVotes) -> SpanFit:
        segments = segments_of(votes)
        threshold, reason = self.threshold, ""
        if threshold is None:
            threshold, reason = learn(votes, segments)
        kept = segments.share >= threshold - ROUNDING
        sureness = self.sureness or _earned(votes, segments, kept)
        beliefs = Beliefs.of(votes, segments, sureness)
        labels = _with_known(votes, _joined(segments, kept, beliefs.probability))
        confidence = np.where(votes.watchers > 0, sureness.shifted(beliefs.f1(segments, kept, votes.n_tasks)), 0.0)
        confidence[votes.known_tasks] = 1.0
        made = SpanShare(threshold, sureness)
        return SpanFit("span-share", labels, confidence, threshold, segments, beliefs, made, reason=reason)


@dataclass(frozen=True, slots=True)
class SpanAuto:
    """`SpanShare` with a learnt threshold, and the reason for it."""

    def fit(self, votes: SpanVotes) -> SpanFit:
        fit = SpanShare().fit(votes)
        return replace(fit, reason=f"marks are counted, not weighed; {fit.reason}")


def _earned(votes: SpanVotes, segments: Segments, kept: Bools) -> Sureness:
    """How far a crowd can be believed, by its agreement and by the known tasks that somebody saw:
    there it is as sure as it was right before it was told."""
    sureness = Sureness.of(votes, segments)
    told = votes.known_tasks[votes.watchers[votes.known_tasks] > 0]
    if not len(told):
        return sureness
    nothing = replace(votes, known_tasks=votes.known_tasks[:0])
    truth, expected = (
        Beliefs.of(each, segments, sureness).f1(segments, kept, votes.n_tasks)[told] for each in (votes, nothing)
    )
    return sureness.held_against(truth, expected)


def learn(votes: SpanVotes, segments: Segments) -> tuple[float, str]:
    """The threshold with the highest F1 of places on the known tasks that somebody saw, and the
    reason.

    Thresholds lie half-way between shares that occur. Of those that are nearly as good as the best
    (`NEARLY`), the one nearest to `UNTAUGHT` is taken.
    """
    tasks = votes.known_tasks[votes.watchers[votes.known_tasks] > 0]
    rows = np.isin(segments.task, tasks)
    share, length, right = segments.share[rows], segments.length[rows], segments.known[rows]
    if len(tasks) < ENOUGH or not (right.any() and share.any()):
        return UNTAUGHT, f"{len(tasks)} known tasks are too few to learn from: a place takes {UNTAUGHT:g} of the votes"
    values = np.unique(np.append(share, [0.0, 1.0]))
    choices = np.append((values[:-1] + values[1:]) / 2, UNTAUGHT)
    kept = share >= choices[:, None] - ROUNDING
    f1 = 2 * (kept @ (length * right)) / (kept @ length + length @ right)
    good = choices[f1 >= f1.max() - NEARLY / np.sqrt(len(tasks))]
    threshold = float(good[np.abs(good - UNTAUGHT).argmin()])
    return threshold, f"{len(tasks)} known tasks are met best by places that {threshold:.2f} of the workers mark"


def _joined(segments: Segments, kept: Bools, probability: Floats) -> Spans:
    """Runs of kept segments as spans, by task, start, end and class; a span is as probable as its
    places are on the average."""
    task, kind, start, end = (each[kept] for each in (segments.task, segments.kind, segments.start, segments.end))
    apart = (np.diff(task, prepend=-1) != 0) | (np.diff(kind, prepend=-1) != 0) | (start != np.append(-1, end[:-1]))
    run = np.cumsum(apart | segments.parted[kept]) - 1
    first = np.flatnonzero(np.diff(run, prepend=-1))
    last = np.append(first[1:], len(run)) - 1 if len(first) else first
    length = segments.length[kept]
    scores = sums(run, probability[kept] * length, len(first)) / sums(run, length, len(first))
    return _sorted(Spans(task[first], start[first], end[last], kind[first], scores))


def _with_known(votes: SpanVotes, labels: Spans) -> Spans:
    """`labels` with those on known tasks replaced by the known spans."""
    known, believed = votes.known, labels.where(~np.isin(labels.tasks, votes.known_tasks))
    return _sorted(
        Spans(
            np.concatenate([believed.tasks, known.tasks]),
            np.concatenate([believed.starts, known.starts]),
            np.concatenate([believed.ends, known.ends]),
            np.concatenate([believed.classes, known.classes]),
            np.concatenate([believed.scores, np.ones(len(known))]),
        )
    )


def _sorted(spans: Spans) -> Spans:
    return spans.where(np.lexsort((spans.classes, spans.ends, spans.starts, spans.tasks)))
