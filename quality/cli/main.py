"""Arguments in, exit status out: 0, or 2 for anything the caller can mend."""

import argparse
import math
import sys
from collections.abc import Callable, Sequence

from quality.aggregation import METHODS
from quality.cli.aggregate import aggregate
from quality.cli.agreement import agreement
from quality.cli.errors import BadFile
from quality.cli.evaluate import evaluate
from quality.cli.methods import methods

USAGE_ERROR = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a mistake in a file or an argument is one line on standard error."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        arguments.run(arguments)
    except BadFile as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_ERROR
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m quality", description="Labels from many votes, and how good they are."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command = _command(commands, "aggregate", aggregate, "one label a task from many votes: task,label,confidence")
    _add_votes(command)
    command.add_argument("--method", choices=list(METHODS), default="auto", help="default: auto")
    command.add_argument(
        "--gold", metavar="FILE", help="known answers, task,label: certain, and workers are judged by them"
    )
    command.add_argument(
        "--out",
        metavar="FILE",
        help="write labels here (.csv, .jsonl, .parquet); default: standard output, or nowhere with --json",
    )
    command.add_argument("--workers", metavar="FILE", help="write one row a worker here: votes, accuracy, reliability")
    command.add_argument("--max-iter", type=_iterations, metavar="N", help="iterations at most")
    command.add_argument(
        "--tol", type=_tolerance, metavar="X", help="stop when an iteration gains less, in nats a vote"
    )
    _add_seed(command, "decides ties")
    command = _command(commands, "agreement", agreement, "how far workers agree beyond chance, with 95% intervals")
    _add_votes(command)
    _add_seed(command, "draws the resamples behind the intervals")
    command = _command(commands, "evaluate", evaluate, "labels against known answers: accuracy, F1, calibration")
    command.add_argument(
        "labels", metavar="LABELS", help="CSV of task,label and perhaps confidence; - reads standard input"
    )
    command.add_argument("gold", metavar="GOLD", help="CSV of task,label: the truth")
    _command(commands, "methods", methods, "the methods that --method knows")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], None],
    summary: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    command.add_argument("--json", action="store_true", help="print a summary as JSON")
    command.set_defaults(run=run)
    return command


def _add_votes(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "votes", metavar="VOTES", help="CSV, JSON Lines or Parquet of task,worker,label; - reads standard input"
    )
    command.add_argument(
        "--format", choices=["csv", "jsonl", "parquet"], help="of the votes; default: what the file's name ends in"
    )


def _add_seed(command: argparse.ArgumentParser, use: str) -> None:
    command.add_argument("--seed", type=_seed, default=0, metavar="N", help=f"{use}; the same seed, the same result")


def _seed(text: str) -> int:
    if (seed := int(text)) < 0:
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0 upwards, got {text}")
    return seed


def _iterations(text: str) -> int:
    if (iterations := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"iterations are a whole number from 1 upwards, got {text}")
    return iterations


def _tolerance(text: str) -> float:
    if not 0 <= (tolerance := float(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"a tolerance is a number from 0 upwards, got {text}")
    return tolerance
