"""Which of two items is better: left, right, or equal; the items are ranked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL, Coded
from quality.aggregation.codes import Codes
from quality.aggregation.pairwise import EQUAL, LEFT, METHODS, RIGHT, Comparisons, PairwiseFit
from quality.evaluation import kendall, spearman
from quality.kinds.choice import tables as choice
from quality.tables.beliefs import believed
from quality.tables.cells import numbers
from quality.tables.columns import Columns, Table, Values
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.matching import Matched, among, note_left_out, require_some, vocabulary

ANSWERS = {"left": LEFT, "right": RIGHT, "equal": EQUAL}
CODES = {**ANSWERS, "a": LEFT, "b": RIGHT, "tie": EQUAL}
"""With what the service calls them."""
SWAPPED = np.array([RIGHT, LEFT, EQUAL], dtype=np.int32)
SCORES = Columns(("item", "score"), numbers=("score",))


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows that compare two items, turned so that the one first by name is on the left.

    pairs: (rows,) a code of each pair, which is left · items + right. answers: (rows,) codes of who
        is better.
    """

    pairs: npt.NDArray[np.int64]
    answers: Codes

    @classmethod
    def of(cls, table: Table, items: Sequence[str]) -> "Compared":
        """BadFile for an item compared with itself, or an answer that is neither."""
        left, right = (table.columns[side].within(items) for side in ("left", "right"))
        for row in np.flatnonzero(left == right)[:1].tolist():
            raise table.fault(row, f"{items[left[row]]!r} is compared with itself")
        answers = _answers(table)
        low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
        return cls(low * len(items) + high, np.where(left > right, SWAPPED[answers], answers))


def _answers(table: Table) -> Codes:
    """(rows,) `LEFT`, `RIGHT` or `EQUAL`; the name of the better item is as good."""
    left, right, label = (table.columns[name] for name in ("left", "right", "label"))
    answers = np.empty(len(table), dtype=np.int32)
    for row in range(len(table)):
        given = label[row]
        if given in {left[row], right[row]}:
            answers[row] = LEFT if given == left[row] else RIGHT
        elif given in CODES:
            answers[row] = CODES[given]
        else:
            raise table.fault(row, f"{given!r} is neither {', '.join(ANSWERS)} nor one of the two items")
    return answers


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    items, workers = vocabulary(votes.columns["left"], votes.columns["right"]), vocabulary(votes.columns["worker"])
    compared = Compared.of(votes, items)
    pairs, tasks = np.unique(compared.pairs, return_inverse=True)
    left, right = np.divmod(pairs, max(len(items), 1))
    encoded = Comparisons.from_codes(
        tasks,
        votes.columns["worker"].within(workers),
        compared.answers,
        left=left,
        right=right,
        n_items=len(items),
        n_workers=len(workers),
        known=_known_answers(known, items, pairs),
    )
    known_pairs = int(np.count_nonzero(encoded.votes.known != NO_LABEL))
    return Ballots(encoded, items, workers, tuple(ANSWERS), len(votes), len(pairs), known_pairs)


def _known_answers(known: Table | None, items: Sequence[str], pairs: npt.NDArray[np.int64]) -> Codes:
    """(pairs,) the known answer of each pair, `NO_LABEL` where there is none."""
    answers = np.full(len(pairs), NO_LABEL, dtype=np.int32)
    if known is None:
        return answers
    sides = (known.columns[side] for side in ("left", "right"))
    told = known.where(np.flatnonzero(np.all([among(side.names, items)[side.codes] for side in sides], axis=0)))
    compared = Compared.of(told, items)
    place = np.searchsorted(pairs, compared.pairs)
    voted = np.isin(compared.pairs, pairs)
    require_some(known, voted.any(), "this pair has no votes")
    note_left_out(known, len(known) - int(np.count_nonzero(voted)), "pairs")
    rows = np.flatnonzero(voted)
    _, first = np.unique(place[rows], return_index=True)
    for row in np.setdiff1d(np.arange(len(rows)), first)[:1].tolist():
        raise told.fault(int(rows[row]), "this pair was on a line before")
    answers[place[rows]] = compared.answers[rows]
    return answers


def label_columns(ballots: Ballots, fit: PairwiseFit) -> dict[str, Values]:
    """item, score, deviation, rank: scores are log odds, and the best item is first."""
    order = np.lexsort((np.arange(len(fit.ranks)), fit.ranks))
    items = Coded(order.astype(np.int32), ballots.names)
    return {"item": items, "score": fit.scores[order], "deviation": fit.deviation[order], "rank": fit.ranks[order]}


def worker_columns(ballots: Ballots, fit: PairwiseFit) -> dict[str, Values]:
    return believed(ballots.workers, ballots.votes.votes.per_worker, fit.judges, ("reliability", "deviation"))


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """How far both orders of the items agree."""
    rows = Matched.of(labels, truth, "item")
    true, found = numbers(truth, "score")[rows.truth], numbers(labels, "score")[rows.labels]
    return {**rows.counts("items"), "spearman": spearman(true, found), "kendall": kendall(true, found)}


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """The measures of three classes: the item first by name is better, the other one is, or they
    are equal."""
    return choice.agreement(_as_classes(ballots), settings)


def worker_agreement(ballots: Ballots) -> dict[str, Values]:
    return choice.worker_agreement(_as_classes(ballots))


def _as_classes(ballots: Ballots) -> Ballots:
    return choice.ballots_of(ballots.votes.votes, (), ballots.workers, ballots.classes)


KIND = Kind(
    methods=METHODS,
    votes=Columns(("left", "right", "worker", "label")),
    known=Columns(("left", "right", "label")),
    labels=SCORES,
    truth=SCORES,
    unit="items",
    read=read,
    label_columns=label_columns,
    worker_columns=worker_columns,
    compare=compare,
    agreement=agreement,
    worker_agreement=worker_agreement,
)
