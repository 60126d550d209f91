"""A number an answer."""

from dataclasses import asdict
from typing import Any

import numpy as np

from quality.aggregation.numeric import METHODS, NumericFit, NumericVotes
from quality.agreement import DistanceAgreement, measure_numbers
from quality.evaluation import score_numbers
from quality.tables.beliefs import believed
from quality.tables.cells import numbers
from quality.tables.columns import Columns, Table, Values
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.matching import Matched, by_task, numbered, vocabulary, voted_on

VALUES = Columns(("task", "label"), numbers=("label",))


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    if settings.level == "ratio":
        require_ratios(votes)
    columns, known = votes.columns, voted_on(known, votes)
    tasks, workers = vocabulary(columns["task"]), vocabulary(columns["worker"])
    truth = by_task(known, tasks, numbers(known, "label") if known else np.empty(0), np.nan)
    encoded = NumericVotes.from_codes(
        columns["task"].within(tasks),
        columns["worker"].within(workers),
        numbers(votes, "label"),
        n_workers=len(workers),
        known=truth,
    )
    return Ballots(encoded, tasks, workers, (), len(votes), len(tasks), int(encoded.is_known.sum()))


def require_ratios(votes: Table) -> None:
    """BadFile for a number below 0, where a ratio would mean nothing."""
    for row in np.flatnonzero(numbers(votes, "label") < 0)[:1].tolist():
        raise votes.fault(row, f"{votes.columns['label'][row]!r} is below 0, where ratios mean nothing")


def label_columns(ballots: Ballots, fit: NumericFit) -> dict[str, Values]:
    """task, label, deviation: the value of every task and its standard deviation."""
    return {"task": numbered(ballots.n_tasks, ballots.names), "label": fit.labels, "deviation": fit.deviation}


def worker_columns(ballots: Ballots, fit: NumericFit) -> dict[str, Values]:
    names = ("weight", "spread", "spread_deviation", "bias", "bias_deviation")
    return believed(ballots.workers, ballots.votes.per_worker, fit.workers, names)


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """How far numbers are off, in their own unit."""
    rows = Matched.of(labels, truth)
    scores = score_numbers(numbers(truth, "label")[rows.truth], numbers(labels, "label")[rows.labels])
    return {**asdict(scores), **rows.counts()}


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """Krippendorff's alpha at the level of measurement, by default that of differences."""
    votes: NumericVotes = ballots.votes
    level = settings.level or "interval"
    found = measure_numbers(votes.tasks, votes.values, np.random.default_rng(settings.seed), level=level)
    return {**at_level(level, found), "workers": len(ballots.workers)}


def at_level(level: str, found: DistanceAgreement) -> dict[str, Any]:
    """The figures by their names; of grades, the distance tells nothing: it is in numbers of
    answers, squared."""
    figures = asdict(found)
    distance = figures.pop("distance")
    return {"level": level, **figures, **({} if level == "ordinal" else {"squared_distance": distance})}


KIND = Kind(
    methods=METHODS,
    votes=Columns(("task", "worker", "label"), numbers=("label",)),
    known=VALUES,
    labels=VALUES,
    truth=VALUES,
    settings=("level",),
    read=read,
    label_columns=label_columns,
    worker_columns=worker_columns,
    compare=compare,
    agreement=agreement,
)
