"""Any number of boxes an answer, a row each; a row with empty corners says that the worker looked
and drew nothing."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from quality.aggregation.boxes import METHODS, BoxFit, BoxVotes
from quality.agreement import box_distance, measure_distances
from quality.evaluation import Boxes, mean_average_precision, score_boxes
from quality.tables.beliefs import believed
from quality.tables.cells import numbers
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

SHAPE = Shape(cells=("x1", "y1", "x2", "y2"), parse=numbers, below={"x1": "x2", "y1": "y2"})


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    read = Reading.of(votes, voted_on(known, votes), SHAPE)
    encoded = BoxVotes.from_codes(
        read.drawn.codes("task", read.tasks),
        read.drawn.codes("worker", read.workers),
        read.drawn.cells,
        read.drawn.classes(read.classes),
        seen=read.seen,
        known=_boxes(read.known, read.tasks, read.classes) if read.known else None,
        known_tasks=read.known_tasks,
        **read.sizes,
    )
    views, known_tasks = len(encoded.seen_tasks), len(read.known_tasks)
    return Ballots(encoded, read.tasks, read.workers, read.classes, views, len(read.tasks), known_tasks)


def _boxes(drawn: Drawings, tasks: Sequence[str], classes: Sequence[str]) -> Boxes:
    return Boxes.from_rows(drawn.codes("task", tasks), drawn.cells, drawn.classes(classes), drawn.scores)


def label_columns(ballots: Ballots, fit: BoxFit) -> dict[str, Values]:
    """A row a box, with the probability that it exists as its confidence."""
    boxes = fit.labels
    cells = dict(zip(SHAPE.cells, boxes.corners.T, strict=True))
    return drawn_columns(ballots, boxes.tasks, cells, boxes.classes, boxes.scores)


def worker_columns(ballots: Ballots, fit: BoxFit) -> dict[str, Values]:
    """votes: the tasks that a worker saw."""
    seen = np.bincount(ballots.votes.seen_workers, minlength=len(ballots.workers)).astype(np.float64)
    return believed(ballots.workers, seen, fit.workers, ("detection", "uncertainty", "slips", "deviation"))


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """Precision, recall and F1 at an overlap, and COCO's mAP; classes count if both tables tell
    them."""
    tasks, counts = shared_tasks(labels, truth)
    found, true = (Drawings.of(on_tasks(table, tasks), SHAPE) for table in (labels, truth))
    classes = classes_of(found, true)
    boxes, true_boxes = _boxes(found, tasks, classes), _boxes(true, tasks, classes)
    scores = score_boxes(true_boxes, boxes, overlap=settings.overlap, by_class=bool(classes))
    return {
        **counts,
        "overlap": settings.overlap,
        "precision": scores.precision,
        "recall": scores.recall,
        "f1": scores.f1,
        "mean_average_precision": mean_average_precision(true_boxes, boxes),
        "boxes": scores.found,
        "true_boxes": scores.true,
    }


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """Krippendorff's alpha by the overlap of matched boxes; classes are left aside."""
    votes: BoxVotes = ballots.votes
    answers = by_view(votes.tasks, votes.workers, votes.corners, (votes.seen_tasks, votes.seen_workers))
    found = measure_distances(votes.seen_tasks, answers, box_distance, np.random.default_rng(settings.seed))
    return {**asdict(found), "workers": len(ballots.workers)}


KIND = Kind(
    methods=METHODS,
    votes=SHAPE.columns("task", "worker"),
    known=SHAPE.columns("task"),
    labels=SHAPE.columns("task", confidence=True),
    truth=SHAPE.columns("task"),
    settings=("overlap",),
    read=read,
    label_columns=label_columns,
    worker_columns=worker_columns,
    compare=compare,
    agreement=agreement,
)
