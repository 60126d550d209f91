"""python -m quality workers"""

import argparse
from dataclasses import dataclass

import numpy as np

from quality.aggregation import NO_LABEL, Fit, Votes
from quality.aggregation.fit import Basis
from quality.cli.aggregate import method_of
from quality.cli.progress import progress_on_terminal
from quality.kinds import load
from quality.kinds.choice.tables import worker_columns
from quality.reliability import (
    Copying,
    Verdict,
    find_constant,
    find_copying,
    find_guessing,
    find_haste,
    find_patterns,
    gold_verdicts,
    score_quality,
)
from quality.tables.cells import times
from quality.tables.columns import STANDARD, Columns, Table, Values
from quality.tables.errors import BadFile
from quality.tables.kind import Ballots, Settings
from quality.tables.reading import read_table, require_one_stdin
from quality.tables.votes import RECEIVED, in_order_of_time, read_votes
from quality.tables.writing import objects_of, print_json, print_note, table_writer, write_all

VOTES = Columns(
    ("task", "worker", "label"),
    optional=("seconds", RECEIVED),
    numbers=("seconds",),
    blank=("seconds", RECEIVED),
    moments=(RECEIVED,),
)

LEVEL = 0.05
"""Up to which q-value two workers count as partners in copying."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the workers: their votes, in the order of the file too, and what is believed
    of the tasks."""

    table: Table
    ballots: Ballots
    fit: Fit

    @property
    def votes(self) -> Votes:
        votes: Votes = self.ballots.votes
        return votes


def workers(arguments: argparse.Namespace) -> None:
    """Fit the votes, and write one row a worker on how far they can be trusted and what speaks
    against them."""
    arguments.type = "choice"
    kind = load("choice")
    require_one_stdin(arguments.votes, arguments.gold)
    if arguments.json and arguments.out == STANDARD:
        raise BadFile("standard output", "can hold one of the workers and their JSON only")
    method = method_of(kind.methods, arguments.method or kind.default_method, arguments)
    table = in_order_of_time(read_votes(arguments.votes, VOTES, form=arguments.format))
    ballots = kind.read(table, read_table(arguments.gold, kind.known) if arguments.gold else None, Settings())
    with progress_on_terminal():
        fit = method.fit(ballots.votes)
    columns = reliability_columns(Evidence(table, ballots, fit))
    out = arguments.out or (None if arguments.json else STANDARD)
    write_all({out: table_writer(out, columns)} if out else {})
    if arguments.json:
        print_json({"method": fit.method, "workers": objects_of(columns)})
    else:
        print_note(
            f"{len(ballots.workers)} workers, {ballots.n_votes} votes on {ballots.n_tasks} tasks by {fit.method}"
        )


def reliability_columns(evidence: Evidence) -> dict[str, Values]:
    """One row a worker: how far they can be trusted, how they did on known answers, and what speaks
    against them.

    q-values: take all up to 0.05, and 5% of those are expected to be false alarms.
    """
    fit, unknown = evidence.fit, np.full(len(evidence.ballots.workers), np.nan)
    counted = fit.basis is Basis.SHARES
    return {
        **worker_columns(evidence.ballots, fit),
        "quality": unknown if counted else score_quality(fit.workers.confusion, fit.class_shares),
        **(_on_gold(evidence.votes) if evidence.ballots.n_known else {}),
        **_suspicions(evidence),
        **_copies(evidence),
    }


def _on_gold(votes: Votes) -> dict[str, Values]:
    """Right answers among those to tasks whose answer is known, and what the service's test makes
    of them."""
    told = votes.where(votes.known[votes.tasks] != NO_LABEL)
    seen, right = told.per_worker, told.where(told.known[told.tasks] == told.labels).per_worker
    verdicts = gold_verdicts(right, seen, 1 / max(votes.n_classes, 2))
    return {
        "gold_right": right.astype(np.int64),
        "gold_seen": seen.astype(np.int64),
        "gold_verdict": [Verdict(code).name.lower() for code in verdicts.tolist()],
    }


def _suspicions(evidence: Evidence) -> dict[str, Values]:
    """q-values of answers that follow something else than the tasks; rows are in the order of
    time."""
    votes, posterior, columns = evidence.votes, evidence.fit.posterior, evidence.table.columns
    task, worker, answer = (
        columns[name].within(names)
        for name, names in (
            ("task", evidence.ballots.names),
            ("worker", evidence.ballots.workers),
            ("label", evidence.ballots.classes),
        )
    )
    patterns = find_patterns(worker, answer, labels=evidence.fit.labels[task], n_workers=votes.n_workers)
    found: dict[str, Values] = {
        "guessing_q": find_guessing(votes, posterior).q,
        "constant_q": find_constant(votes, posterior).q,
        "pattern_q": patterns.q,
    }
    if "seconds" in columns:
        seconds = times(evidence.table, "seconds")
        timed = ~np.isnan(seconds)
        haste = find_haste(task[timed], worker[timed], seconds[timed], n_workers=votes.n_workers)
        found |= {"haste_q": haste.q} if timed.any() else {}
    return found


def _copies(evidence: Evidence) -> dict[str, Values]:
    """How many others each worker shares too many mistakes with, and the number of the ring, from
    1, the largest."""
    copying = find_copying(evidence.votes, evidence.fit.posterior, level=LEVEL)
    n_workers = evidence.votes.n_workers
    partners = np.bincount(copying.pairs[copying.q <= LEVEL].ravel(), minlength=n_workers)
    return {"copying_partners": partners, "ring": _rings(copying, n_workers)}


def _rings(copying: Copying, n_workers: int) -> list[int | None]:
    ring: list[int | None] = [None] * n_workers
    for number, members in enumerate(copying.rings, start=1):
        for worker in members:
            ring[worker] = number
    return ring
