"""A text an answer; an empty one says that there is nothing to write down."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import chain
from typing import Any

import numpy as np

from quality.aggregation import Coded
from quality.aggregation.texts import METHODS, TextFit, TextVotes
from quality.agreement import measure_distances
from quality.evaluation import character_errors, parts_of, unit_of, word_errors
from quality.kinds.text.measures import UNITS, share_of_edits
from quality.tables.beliefs import believed
from quality.tables.columns import Columns, Table, Values
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.matching import Matched, numbered, places, vocabulary, voted_on

TEXTS = Columns(("task", "label"), blank=("label",))


def unit_for(settings: Settings, texts: Iterable[str]) -> str:
    """The one asked for, else the one that suits the texts."""
    return settings.unit or f"{unit_of(texts)}s"


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    columns, known = votes.columns, voted_on(known, votes)
    tasks, workers = vocabulary(columns["task"]), vocabulary(columns["worker"])
    truth = {}
    if known:
        truth = dict(zip(places(known, tasks).tolist(), known.columns["label"].values(), strict=True))
    unit = unit_for(settings, chain(columns["label"].values(), truth.values()))
    encoded = TextVotes.from_texts(
        columns["task"].within(tasks),
        columns["worker"].within(workers),
        columns["label"].values(),
        n_tasks=len(tasks),
        n_workers=len(workers),
        known=truth,
        unit=UNITS[unit],
    )
    return Ballots(encoded, tasks, workers, (), len(votes), len(tasks), len(truth), {"unit": unit})


def label_columns(ballots: Ballots, fit: TextFit) -> dict[str, Values]:
    """task, label, confidence: the text of every task, and the share of it that is right, in
    expectation."""
    texts = Coded.of(text or "" for text in fit.labels)
    return {"task": numbered(ballots.n_tasks, ballots.names), "label": texts, "confidence": fit.confidence}


def worker_columns(ballots: Ballots, fit: TextFit) -> dict[str, Values]:
    answers = np.bincount(ballots.votes.workers, minlength=len(ballots.workers)).astype(np.float64)
    return believed(ballots.workers, answers, fit.workers, ("accuracy", "deviation", "weight"))


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """Error rates, leaving case and punctuation aside, of texts on average and of all: in the unit,
    and in either."""
    rows = Matched.of(labels, truth)
    true, given = (
        [table.columns["label"][row] for row in chosen.tolist()]
        for table, chosen in ((truth, rows.truth), (labels, rows.labels))
    )
    unit = unit_for(settings, chain(true, given))
    words, characters = word_errors(true, given), character_errors(true, given)
    taken = words if unit == "words" else characters
    return {
        **rows.counts(),
        "unit": unit,
        "mean_error_rate": taken.mean,
        "corpus_error_rate": taken.corpus,
        "mean_word_error_rate": words.mean,
        "corpus_word_error_rate": words.corpus,
        "mean_character_error_rate": characters.mean,
        "corpus_character_error_rate": characters.corpus,
    }


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """Krippendorff's alpha by edits of words or characters, leaving case and punctuation aside."""
    votes: TextVotes = ballots.votes
    parts = [tuple(parts_of(text, votes.unit)) for text in votes.texts]
    found = measure_distances(votes.tasks, parts, share_of_edits, np.random.default_rng(settings.seed))
    return {**asdict(found), **ballots.details, "workers": len(ballots.workers)}


KIND = Kind(
    methods=METHODS,
    votes=Columns(("task", "worker", "label"), blank=("label",)),
    known=TEXTS,
    labels=TEXTS,
    truth=TEXTS,
    settings=("unit",),
    read=read,
    label_columns=label_columns,
    worker_columns=worker_columns,
    compare=compare,
    agreement=agreement,
)
