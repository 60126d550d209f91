"""python -m quality aggregate"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, Coded, Coding, Fit, Votes, create, encode_votes
from quality.cli.errors import BadFile
from quality.cli.output import Values, print_json, print_note, table_writer, write_all
from quality.cli.progress import progress_on_terminal
from quality.cli.tables import STANDARD, read_table, require_one_stdin
from quality.reliability import score_accuracy


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that goes into the files and the summary."""

    votes: Votes
    coding: Coding
    fit: Fit
    seconds: float


def aggregate(arguments: argparse.Namespace) -> None:
    """Read votes, fit, write labels and perhaps workers, and say what was done."""
    started = time.perf_counter()
    labels_path = arguments.out or (None if arguments.json else STANDARD)
    _require_apart(arguments.json, labels_path, arguments.workers)
    require_one_stdin(arguments.votes, arguments.gold)
    votes, coding = _read_votes(arguments)
    method = create(arguments.method, seed=arguments.seed, max_iter=arguments.max_iter, tol=arguments.tol)
    with progress_on_terminal():
        fit = method.fit(votes)
    outcome = Outcome(votes, coding, fit, time.perf_counter() - started)
    results = {}
    if labels_path:
        results[labels_path] = table_writer(labels_path, label_columns(outcome))
    if arguments.workers:
        results[arguments.workers] = table_writer(arguments.workers, worker_columns(outcome))
    write_all(results)
    if arguments.json:
        print_json(summary_of(outcome))
    else:
        print_note(_told(outcome))


def label_columns(outcome: Outcome) -> dict[str, Values]:
    """task, label, confidence of every task, in the order of their names."""
    fit, coding = outcome.fit, outcome.coding
    tasks = Coded(np.arange(outcome.votes.n_tasks, dtype=np.int32), coding.tasks)
    return {"task": tasks, "label": Coded(fit.labels, coding.classes), "confidence": fit.confidence}


def worker_columns(outcome: Outcome) -> dict[str, Values]:
    """One row a worker.

    accuracy: what the method's model of the worker says; empty if it has none.
    reliability: the share of votes that match the labels, with a 95% credible interval. On a task with a single vote
        the label is that vote, so it is left out unless the answer is known.
    """
    votes, fit = outcome.votes, outcome.fit
    tells = ((votes.per_task > 1) | (votes.known != NO_LABEL))[:, None]
    reliability = score_accuracy(votes.right(fit.posterior * tells), votes.right(np.ones_like(fit.posterior) * tells))
    return {
        "worker": Coded(np.arange(votes.n_workers, dtype=np.int32), outcome.coding.workers),
        "votes": votes.per_worker.astype(int),
        "accuracy": [""] * votes.n_workers if fit.workers is None else fit.workers.accuracy,
        "reliability": reliability.value,
        "reliability_low": reliability.low,
        "reliability_high": reliability.high,
    }


def summary_of(outcome: Outcome) -> dict[str, Any]:
    votes, fit = outcome.votes, outcome.fit
    return {
        "method": fit.method,
        "reason": fit.reason,
        "iterations": fit.iterations,
        "converged": fit.converged,
        "tasks": votes.n_tasks,
        "workers": votes.n_workers,
        "votes": int(votes.total),
        "classes": list(outcome.coding.classes),
        "known": int(np.count_nonzero(votes.known != NO_LABEL)),
        "log_likelihood": fit.log_likelihood[-1] if fit.log_likelihood else None,
        "seconds": round(outcome.seconds, 3),
    }


def _told(outcome: Outcome) -> str:
    """The summary in a line."""
    votes, fit = outcome.votes, outcome.fit
    reason = f" ({fit.reason})" if fit.reason else ""
    state = "" if fit.converged else ", which were not enough to converge"
    return (
        f"{fit.method}{reason}: {votes.n_tasks} tasks from {votes.total:.0f} votes by {votes.n_workers} workers, "
        f"{fit.iterations} iterations{state}, {outcome.seconds:.2f} s"
    )


def _read_votes(arguments: argparse.Namespace) -> tuple[Votes, Coding]:
    table = read_table(arguments.votes, ("task", "worker", "label"), form=arguments.format)
    if not len(table.lines):
        print_note(f"{table.name}: there are no votes")
    columns = table.columns
    known = _read_known(arguments.gold, set(columns["task"].names)) if arguments.gold else {}
    return encode_votes(columns["task"], columns["worker"], columns["label"], known=known)


def _read_known(path: str, tasks: set[str]) -> Mapping[str, str]:
    """The known answers of `tasks`. Others are left out with a note; if none is left, it must be the wrong file."""
    gold = read_table(path, ("task", "label"))
    answers = {task: gold.columns["label"][row] for task, row in gold.by_task().items()}
    known = {task: answer for task, answer in answers.items() if task in tasks}
    if answers and not known:
        raise BadFile(
            gold.name, f"task {gold.columns['task'][0]!r} has no votes, nor has any other", line=gold.lines[0]
        )
    if len(known) < len(answers):
        print_note(f"{gold.name}: {len(answers) - len(known)} known answers are of tasks without votes, and left out")
    return known


def _require_apart(wants_json: bool, labels_path: str | None, workers_path: str | None) -> None:
    """BadFile if two results would be written to one place."""
    paths = [path for path in (labels_path, workers_path, STANDARD if wants_json else None) if path]
    if repeated := [path for path in paths if paths.count(path) > 1]:
        place = "standard output" if repeated[0] == STANDARD else repeated[0]
        raise BadFile(place, "can hold one of the labels, the workers and the summary only")
