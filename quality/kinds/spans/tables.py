"""Any number of spans an answer, a row each; a row with empty ends says that the worker looked and
marked nothing."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from quality.aggregation.spans import METHODS, SpanFit, SpanVotes
from quality.agreement import measure_distances, span_distance
from quality.evaluation import Spans, score_characters, score_spans
from quality.tables.cells import whole_numbers
from quality.tables.columns import Table, Values
from quality.tables.drawings import (
    Drawings,
    Reading,
    Shape,
    by_view,
    classes_of,
    drawn_columns,
    on_tasks,
    shared_tasks,
)
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.matching import voted_on

SHAPE = Shape(cells=("start", "end"), parse=whole_numbers, below={"start": "end"})


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    read = Reading.of(votes, voted_on(known, votes), SHAPE)
    starts, ends = read.drawn.cells.astype(np.int64).T
    encoded = SpanVotes.from_codes(
        read.drawn.codes("task", read.tasks),
        read.drawn.codes("worker", read.workers),
        starts,
        ends,
        read.drawn.classes(read.classes),
        seen=read.seen,
        known=_spans(read.known, read.tasks, read.classes) if read.known else None,
        known_tasks=read.known_tasks,
        **read.sizes,
    )
    views, known_tasks = len(encoded.seen_tasks), len(read.known_tasks)
    return Ballots(encoded, read.tasks, read.workers, read.classes, views, len(read.tasks), known_tasks)


def _spans(drawn: Drawings, tasks: Sequence[str], classes: Sequence[str]) -> Spans:
    starts, ends = drawn.cells.astype(np.int64).T
    return Spans.from_rows(drawn.codes("task", tasks), starts, ends, drawn.classes(classes), drawn.scores)


def label_columns(ballots: Ballots, fit: SpanFit) -> dict[str, Values]:
    """A row a span, with the share of workers who mark its places as its confidence."""
    spans = fit.labels
    return drawn_columns(ballots, spans.tasks, {"start": spans.starts, "end": spans.ends}, spans.classes, spans.scores)


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """Precision, recall and F1 of whole spans and of characters; classes count if both tables tell
    them."""
    tasks, counts = shared_tasks(labels, truth)
    found, true = (Drawings.of(on_tasks(table, tasks), SHAPE) for table in (labels, truth))
    classes = classes_of(found, true)
    spans, true_spans = _spans(found, tasks, classes), _spans(true, tasks, classes)
    exact, characters = score_spans(true_spans, spans), score_characters(true_spans, spans)
    return {
        **counts,
        "precision": exact.precision,
        "recall": exact.recall,
        "f1": exact.f1,
        "character_precision": characters.precision,
        "character_recall": characters.recall,
        "character_f1": characters.f1,
        "spans": exact.found,
        "true_spans": exact.true,
    }


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """Krippendorff's alpha by the overlap of matched spans; classes are left aside."""
    votes: SpanVotes = ballots.votes
    places = np.stack([votes.starts, votes.ends], axis=1).astype(np.float64)
    answers = by_view(votes.tasks, votes.workers, places, (votes.seen_tasks, votes.seen_workers))
    found = measure_distances(votes.seen_tasks, answers, span_distance, np.random.default_rng(settings.seed))
    return {**asdict(found), "workers": len(ballots.workers)}


KIND = Kind(
    methods=METHODS,
    votes=SHAPE.columns("task", "worker"),
    known=SHAPE.columns("task"),
    labels=SHAPE.columns("task", confidence=True),
    truth=SHAPE.columns("task"),
    read=read,
    label_columns=label_columns,
    worker_columns=None,  # its methods take all workers for equally good
    compare=compare,
    agreement=agreement,
)
