"""python -m quality aggregate"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quality.aggregation import Method, create
from quality.cli.arguments import kind_and_settings
from quality.cli.progress import progress_on_terminal
from quality.tables.columns import STANDARD
from quality.tables.errors import BadArgument, BadFile
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.reading import read_table, require_one_stdin
from quality.tables.votes import read_votes
from quality.tables.writing import Writer, print_json, print_note, table_writer, write_all


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that goes into the files and the summary."""

    kind: Kind
    ballots: Ballots
    fit: Any
    seconds: float


def aggregate(arguments: argparse.Namespace) -> None:
    """Read votes, fit, write labels and perhaps workers, and say what was done."""
    kind, settings = kind_and_settings(arguments)
    started = time.perf_counter()
    labels_path = arguments.out or (None if arguments.json else STANDARD)
    _require_apart(arguments.json, labels_path, arguments.workers)
    if arguments.workers and kind.worker_columns is None:
        raise BadArgument("--workers", f"methods of type {arguments.type} take all workers for equally good")
    method = method_of(kind.methods, arguments.method or kind.default_method, arguments)
    ballots = read_ballots(arguments, kind, settings)
    with progress_on_terminal():
        fit = method.fit(ballots.votes)
    outcome = Outcome(kind, ballots, fit, time.perf_counter() - started)
    write_all(_results(outcome, labels_path, arguments.workers))
    if arguments.json:
        print_json(summary_of(outcome))
    else:
        print_note(_told(outcome))


def method_of(methods: Mapping[str, Method], name: str, arguments: argparse.Namespace) -> Any:
    """The method called `name` with the settings that it has a use for. BadArgument if there is
    none."""
    if name not in methods:
        raise BadArgument(
            "--method", f"type {arguments.type} has no method {name!r} (choose from {', '.join(methods)})"
        )
    limits = {name: getattr(arguments, name, None) for name in ("max_iter", "tol")}
    return create(name, methods=methods, seed=arguments.seed, **limits)


def read_ballots(arguments: argparse.Namespace, kind: Kind, settings: Settings) -> Ballots:
    """The votes, and the known answers if there is a file of them."""
    require_one_stdin(arguments.votes, arguments.gold)
    votes = read_votes(arguments.votes, kind.votes, form=arguments.format)
    if not len(votes):
        print_note(f"{votes.name}: there are no votes")
    known = read_table(arguments.gold, kind.known) if arguments.gold else None
    return kind.read(votes, known, settings)


def summary_of(outcome: Outcome) -> dict[str, Any]:
    ballots, fit = outcome.ballots, outcome.fit
    climbed = getattr(fit, "log_likelihood", ())
    return {
        "method": fit.method,
        "reason": fit.reason,
        "iterations": fit.iterations,
        "converged": fit.converged,
        "tasks": ballots.n_tasks,
        "workers": len(ballots.workers),
        "votes": ballots.n_votes,
        "classes": list(ballots.classes),
        "known": ballots.n_known,
        **ballots.details,
        "log_likelihood": climbed[-1] if climbed else None,
        "seconds": round(outcome.seconds, 3),
    }


def _results(outcome: Outcome, labels_path: str | None, workers_path: str | None) -> dict[str, Writer]:
    kind, results = outcome.kind, {}
    if labels_path:
        results[labels_path] = table_writer(labels_path, kind.label_columns(outcome.ballots, outcome.fit))
    if workers_path and kind.worker_columns:
        results[workers_path] = table_writer(workers_path, kind.worker_columns(outcome.ballots, outcome.fit))
    return results


def _told(outcome: Outcome) -> str:
    """The summary in a line."""
    ballots, fit = outcome.ballots, outcome.fit
    reason = f" ({fit.reason})" if fit.reason else ""
    state = "" if fit.converged else ", which were not enough to converge"
    voters = f"{ballots.n_votes} votes by {len(ballots.workers)} workers"
    details = "".join(f", {name} {value}" for name, value in ballots.details.items())
    return (
        f"{fit.method}{reason}: {ballots.n_tasks} tasks from {voters}{details}, {fit.iterations} iterations{state}, "
        f"{outcome.seconds:.2f} s"
    )


def _require_apart(wants_json: bool, labels_path: str | None, workers_path: str | None) -> None:
    """BadFile if two results would be written to one place."""
    paths = [path for path in (labels_path, workers_path, STANDARD if wants_json else None) if path]
    if repeated := [path for path in paths if paths.count(path) > 1]:
        place = "standard output" if repeated[0] == STANDARD else repeated[0]
        raise BadFile(place, "can hold one of the labels, the workers and the summary only")
