"""One class of an ordered scale an answer: grades, stars, low to high."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, Coded, Votes
from quality.aggregation.codes import Codes
from quality.aggregation.ordinal import METHODS
from quality.agreement import measure_numbers, measure_two
from quality.evaluation import score_labels
from quality.kinds.choice.tables import LABELS, TRUTH, ballots_of, label_columns, worker_agreement, worker_columns
from quality.kinds.number.tables import at_level, require_ratios
from quality.tables.cells import is_number
from quality.tables.columns import Columns, Table
from quality.tables.errors import BadArgument
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.matching import Matched, by_task, vocabulary, voted_on


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    columns, known = votes.columns, voted_on(known, votes)
    tasks, workers = vocabulary(columns["task"]), vocabulary(columns["worker"])
    scale = scale_of(settings.order, votes, *([known] if known else []))
    if settings.level == "ratio" and not settings.order:
        require_ratios(votes)
    truth = codes_on(scale, known.columns["label"]) if known else np.empty(0, dtype=np.int32)
    encoded = Votes.from_codes(
        columns["task"].within(tasks),
        columns["worker"].within(workers),
        codes_on(scale, columns["label"]),
        n_workers=len(workers),
        n_classes=max(len(scale), 1),
        known=by_task(known, tasks, truth, NO_LABEL),
    )
    return ballots_of(encoded, tasks, workers, scale)


def scale_of(order: Sequence[str], *tables: Table) -> tuple[str, ...]:
    """The classes, lowest first: `order`, which must hold all labels, or else the labels, which
    must be numbers."""
    for table in tables:
        for name in table.columns["label"].names:
            if order and name not in order:
                raise table.fault_of("label", name, f"{name!r} is not in the order {','.join(order)}")
            if not order and not is_number(name):
                fault = table.fault_of("label", name, f"{name!r} is not a number")
                raise BadArgument("--order", f"needed, such as --order low,mid,high, since {fault}")
    if order:
        return tuple(order)
    return tuple(sorted({spelt(name) for table in tables for name in table.columns["label"].names}, key=float))


def codes_on(scale: Sequence[str], labels: Coded) -> Codes:
    """(rows,) the places of labels on the scale."""
    code_of = {name: code for code, name in enumerate(scale)}
    codes = [code_of[name if name in code_of else spelt(name)] for name in labels.names]
    return np.array(codes, dtype=np.int32)[labels.codes]


def spelt(number: str) -> str:
    """A number in one spelling, so that 3, 3.0 and 03 are one class."""
    return repr(float(number)).removesuffix(".0")


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """Accuracy, the mean distance in classes of the scale, and Cohen's kappa with quadratic
    weights."""
    rows = Matched.of(labels, truth)
    scale = scale_of(settings.order, labels, truth)
    given = codes_on(scale, labels.columns["label"])[rows.labels]
    true = codes_on(scale, truth.columns["label"])[rows.truth]
    rng = np.random.default_rng(settings.seed)
    kappa = measure_two(true, given, rng, weights="quadratic", n_classes=len(scale)).cohen_kappa
    return {
        **rows.counts(),
        "accuracy": score_labels(true, given, len(scale)).accuracy,
        "mean_distance": float(np.abs(true - given).mean()),
        "weighted_kappa": kappa.value,
    }


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """Krippendorff's alpha at the level of measurement, by default that of grades, of which only
    the order counts.

    With `order`, classes are 0, 1, … in it; else they are the numbers they say.
    """
    votes: Votes = ballots.votes
    level = settings.level or "ordinal"
    values = np.array(range(votes.n_classes) if settings.order else [float(name) for name in ballots.classes])
    rows = np.repeat(np.arange(len(votes.tasks)), votes.weights.astype(int))
    rng = np.random.default_rng(settings.seed)
    found = measure_numbers(votes.tasks[rows], values[votes.labels[rows]], rng, level=level)
    return {**at_level(level, found), "workers": len(ballots.workers), "classes": len(ballots.classes)}


KIND = Kind(
    methods=METHODS,
    votes=Columns(("task", "worker", "label"), numbers=("label",)),
    known=Columns(("task", "label"), numbers=("label",)),
    labels=Columns(LABELS.required, LABELS.optional, numbers=("label", "confidence")),
    truth=Columns(TRUTH.required, numbers=("label",)),
    settings=("order", "level"),
    read=read,
    label_columns=label_columns,
    worker_columns=worker_columns,
    compare=compare,
    agreement=agreement,
    worker_agreement=worker_agreement,
)
