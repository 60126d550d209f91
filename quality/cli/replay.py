"""python -m quality replay"""

import argparse
from typing import Any

import numpy as np

from quality.aggregation import Coded, Policy, Replay, Votes
from quality.aggregation import replay as played
from quality.cli.aggregate import method_of, read_ballots
from quality.cli.progress import progress_on_terminal
from quality.kinds import load
from quality.tables.columns import Values
from quality.tables.errors import BadArgument
from quality.tables.kind import Ballots, Settings
from quality.tables.matching import numbered
from quality.tables.writing import print_json, print_text, table_writer, write_all

DEFAULT_METHOD = "dawid-skene"


def replay(arguments: argparse.Namespace) -> None:
    """Play recorded votes again under a policy, and say what it would have asked for and lost."""
    arguments.type = "choice"
    kind = load("choice")
    method = method_of(kind.methods, arguments.method or DEFAULT_METHOD, arguments)
    try:
        policy = Policy(arguments.target, arguments.least, arguments.most, method)
    except ValueError as error:
        raise BadArgument("--least", str(error)) from None
    ballots = read_ballots(arguments, kind, Settings())
    votes: Votes = ballots.votes
    with progress_on_terminal():  # what is known serves to score, and is not told
        outcome = played(votes.untold, votes.known, policy, np.random.default_rng(arguments.seed))
    if arguments.out:
        write_all({arguments.out: table_writer(arguments.out, task_columns(ballots, outcome))})
    summary = summary_of(outcome, policy, votes.n_tasks)
    if arguments.json:
        print_json(summary)
    else:
        print_text(_told(summary, arguments.gold is not None))


def task_columns(ballots: Ballots, outcome: Replay) -> dict[str, Values]:
    """task, votes asked for, label and confidence at the end."""
    return {
        "task": numbered(ballots.n_tasks, ballots.names),
        "votes": outcome.votes.astype(np.int64),
        "label": Coded(outcome.labels, ballots.classes),
        "confidence": outcome.confidence,
    }


def summary_of(outcome: Replay, policy: Policy, n_tasks: int) -> dict[str, Any]:
    return {
        "target": policy.target,
        "least": policy.least,
        "most": policy.most,
        "tasks": n_tasks,
        "recorded": outcome.recorded,
        "used": outcome.used,
        "share": outcome.share,
        "disputed": outcome.disputed,
        "accuracy": outcome.accuracy,
        "full_accuracy": outcome.full_accuracy,
        "rounds": list(outcome.rounds),
    }


def _told(summary: dict[str, Any], has_gold: bool) -> str:
    lines = [
        f"{summary['tasks']} tasks would have cost {summary['used']:.0f} votes instead of {summary['recorded']:.0f} "
        f"({summary['share']:.0%}); {summary['disputed']} of them would have stayed in doubt"
    ]
    if has_gold:
        lost = summary["accuracy"] - summary["full_accuracy"]
        lines.append(f"accuracy {summary['accuracy']:.4f}, {100 * lost:+.1f} points against all votes")
    return "\n".join([*lines, ""])
