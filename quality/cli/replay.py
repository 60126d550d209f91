"""python -m quality replay"""

import argparse
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, Coded, Policy, Replay, Votes, encode_votes
from quality.aggregation import replay as played
from quality.cli.aggregate import method_of
from quality.cli.errors import BadArgument
from quality.cli.kinds import load
from quality.cli.kinds.matching import numbered, voted_on
from quality.cli.output import Values, print_json, print_text, table_writer, write_all
from quality.cli.progress import progress_on_terminal
from quality.cli.tables import read_table, require_one_stdin

DEFAULT_METHOD = "dawid-skene"


def replay(arguments: argparse.Namespace) -> None:
    """Play recorded votes again under a policy, and say what it would have asked for and lost."""
    arguments.type = "choice"
    kind = load("choice")
    require_one_stdin(arguments.votes, arguments.gold)
    method = method_of(kind.methods, arguments.method or DEFAULT_METHOD, arguments)
    try:
        policy = Policy(arguments.target, arguments.least, arguments.most, method)
    except ValueError as error:
        raise BadArgument("--least", str(error)) from None
    votes, names, classes, truth = _read(arguments)
    with progress_on_terminal():
        outcome = played(votes, truth, policy, np.random.default_rng(arguments.seed))
    if arguments.out:
        write_all({arguments.out: table_writer(arguments.out, task_columns(outcome, names, classes))})
    summary = summary_of(outcome, policy, votes.n_tasks)
    if arguments.json:
        print_json(summary)
    else:
        print_text(_told(summary, arguments.gold is not None))


def task_columns(outcome: Replay, names: tuple[str, ...], classes: tuple[str, ...]) -> dict[str, Values]:
    """task, votes asked for, label and confidence at the end."""
    return {
        "task": numbered(len(names), names),
        "votes": outcome.votes.astype(np.int64),
        "label": Coded(outcome.labels, classes),
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


def _read(arguments: argparse.Namespace) -> tuple[Votes, tuple[str, ...], tuple[str, ...], Any]:
    """The votes, the names of tasks and classes, and the true class of each task, for scoring alone."""
    kind = load("choice")
    table = read_table(arguments.votes, kind.votes, form=arguments.format)
    gold = voted_on(read_table(arguments.gold, kind.known) if arguments.gold else None, table)
    answers = {task: gold.columns["label"][row] for task, row in gold.rows_of().items()} if gold else {}
    columns = (table.columns[name] for name in ("task", "worker", "label"))
    votes, coding = encode_votes(*columns, classes=answers.values())
    code_of = {name: code for code, name in enumerate(coding.classes)}
    truth = [code_of[answers[task]] if task in answers else NO_LABEL for task in coding.tasks]
    return votes, coding.tasks, coding.classes, np.array(truth, dtype=np.int32)


def _told(summary: dict[str, Any], has_gold: bool) -> str:
    lines = [
        f"{summary['tasks']} tasks would have cost {summary['used']:.0f} votes instead of {summary['recorded']:.0f} "
        f"({summary['share']:.0%}); {summary['disputed']} of them would have stayed in doubt"
    ]
    if has_gold:
        lost = summary["accuracy"] - summary["full_accuracy"]
        lines.append(f"accuracy {summary['accuracy']:.4f}, {100 * lost:+.1f} points against all votes")
    return "\n".join([*lines, ""])
