"""Any number of classes an answer: their names as a JSON list, or joined by |; [] or nothing where
none applies."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from quality.aggregation.multilabel import METHODS, UNKNOWN, MultiLabelFit, MultiLabelVotes
from quality.aggregation.multilabel.votes import Bools
from quality.agreement import jaccard_distance, masi_distance, measure_distances
from quality.evaluation import score_sets
from quality.tables.beliefs import believed
from quality.tables.columns import Columns, Table, Values
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.matching import Matched, numbered, places, vocabulary, voted_on

BETWEEN = "|"
"""Stands between the names of classes."""

DISTANCES = {"jaccard": jaccard_distance, "masi": masi_distance}

SETS = Columns(("task", "label"), blank=("label",))


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    columns, known = votes.columns, voted_on(known, votes)
    tasks, workers = vocabulary(columns["task"]), vocabulary(columns["worker"])
    classes = classes_of(votes, *([known] if known else []))
    truth = np.full((len(tasks), len(classes)), UNKNOWN, dtype=np.int8)
    if known:
        truth[places(known, tasks)] = ticks_of(known, classes)
    encoded = MultiLabelVotes.from_codes(
        columns["task"].within(tasks),
        columns["worker"].within(workers),
        ticks_of(votes, classes),
        n_workers=len(workers),
        known=truth,
    )
    return Ballots(encoded, tasks, workers, classes, len(votes), len(tasks), len(known) if known else 0)


def classes_of(*tables: Table) -> tuple[str, ...]:
    """All classes that are ticked anywhere, sorted. BadFile for a cell in which a name is
    missing."""
    found = set()
    for table in tables:
        for cell in table.columns["label"].names:
            names = ticked(cell)
            if not all(name.strip() for name in names):
                raise table.fault_of("label", cell, f"{cell!r} has a class without a name")
            found |= names
    return tuple(sorted(found))


def ticks_of(table: Table, classes: Sequence[str]) -> Bools:
    """(rows, classes) which classes each row ticks."""
    labels = table.columns["label"]
    sets = map(ticked, labels.names)
    each = np.array([[name in names for name in classes] for names in sets], dtype=bool)
    return each.reshape(len(labels.names), len(classes))[labels.codes]


def ticked(cell: str) -> set[str]:
    """The names of the classes that a cell holds."""
    if cell.lstrip().startswith("["):
        try:
            names = json.loads(cell)
        except (ValueError, RecursionError):
            names = None
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return set(names)
    return set(cell.split(BETWEEN)) if cell.strip() else set()


def _joined(ticks: Bools, classes: Sequence[str]) -> list[str]:
    return [BETWEEN.join(classes[code] for code in np.flatnonzero(row).tolist()) for row in ticks]


def label_columns(ballots: Ballots, fit: MultiLabelFit) -> dict[str, Values]:
    """task, label, confidence: the classes of every task, and how sure each is to be rightly in or
    out."""
    tasks = numbered(ballots.n_tasks, ballots.names)
    return {"task": tasks, "label": _joined(fit.labels, ballots.classes), "confidence": fit.confidence}


def worker_columns(ballots: Ballots, fit: MultiLabelFit) -> dict[str, Values]:
    return believed(ballots.workers, ballots.votes.per_worker, fit, ("skill", "deviation"))


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """Precision, recall and F1 are macro averages; `micro` pools tasks and classes; `classes` has
    each class's own."""
    rows = Matched.of(labels, truth)
    names = classes_of(labels, truth)
    scores = score_sets(ticks_of(truth, names)[rows.truth], ticks_of(labels, names)[rows.labels])
    figures = zip(names, scores.precision, scores.recall, scores.f1, strict=True)
    return {
        **rows.counts(),
        "subset_accuracy": scores.subset_accuracy,
        **asdict(scores.macro),
        "micro_f1": scores.micro.f1,
        "jaccard": scores.jaccard,
        "micro": asdict(scores.micro),
        "classes": {name: {"precision": float(p), "recall": float(r), "f1": float(f)} for name, p, r, f in figures},
    }


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """Krippendorff's alpha of sets of classes."""
    votes: MultiLabelVotes = ballots.votes
    sets = [frozenset(np.flatnonzero(row).tolist()) for row in votes.ticks]
    rng = np.random.default_rng(settings.seed)
    found = measure_distances(votes.tasks, sets, DISTANCES[settings.distance], rng)
    counts = {"workers": len(ballots.workers), "classes": len(ballots.classes)}
    return {"measure": settings.distance, **asdict(found), **counts}


KIND = Kind(
    methods=METHODS,
    votes=Columns(("task", "worker", "label"), blank=("label",)),
    known=SETS,
    labels=SETS,
    truth=SETS,
    settings=("distance",),
    read=read,
    label_columns=label_columns,
    worker_columns=worker_columns,
    compare=compare,
    agreement=agreement,
)
