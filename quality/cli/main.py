"""Arguments in, exit status out: 0, or 2 for anything the caller can mend.

Commands are imported when they run, so that `--help` doesn't wait for numpy.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TypeAlias

from quality.formats.registry import FORMATS
from quality.kinds import KINDS
from quality.tables.errors import Refused

USAGE_ERROR = 2

COLUMNS = "task,worker,label (boxes: x1,y1,x2,y2 too; spans: start,end too; pairwise: left,right,worker,label)"

TITLES = ", ".join(each.title for each in FORMATS.values())
ENDINGS = ", ".join(each.endings[0] for each in FORMATS.values())

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a mistake in a file or an argument is one line on standard error."""
    arguments = _parser().parse_args(argv)
    try:
        getattr(import_module(f"quality.cli.{arguments.command}"), arguments.command)(arguments)
    except Refused as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_ERROR
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m quality",
        description="Labels from many votes, and how good they are.",
        epilog="example: python -m quality aggregate votes.csv --out labels.csv",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="command")
    _add_aggregate(commands)
    _add_agreement(commands)
    _add_evaluate(commands)
    _add_workers(commands)
    _add_replay(commands)
    _add_distribute(commands)
    _add_methods(commands)
    return parser


def _add_aggregate(commands: Commands) -> None:
    command = _command(
        commands,
        "aggregate",
        "one label a task from the votes of many workers",
        "A file of task,worker,label becomes one of task,label,confidence.",
        "votes.csv --out labels.csv",
    )
    _add_votes(command, COLUMNS)
    _add_type(command)
    _add_method(command, "known answers, with the columns of votes but worker: certain, and workers are judged by them")
    command.add_argument(
        "--out",
        metavar="FILE",
        help=f"write labels here ({ENDINGS}); default: standard output, or nowhere with --json",
    )
    command.add_argument(
        "--workers", metavar="FILE", help="write one row a worker here: what the method thinks of them"
    )
    _add_order(command)
    _add_unit(command)
    _add_seed(command, "decides ties")


def _add_agreement(commands: Commands) -> None:
    command = _command(
        commands,
        "agreement",
        "how far workers agree beyond chance, with 95% intervals",
        "1 is full agreement, 0 what chance alone would bring.",
        "ratings.csv --type rating --json",
    )
    _add_votes(command, COLUMNS)
    _add_type(command)
    command.add_argument("--workers", metavar="FILE", help="write one row a worker here: agreement with the others")
    command.add_argument(
        "--level",
        choices=["ordinal", "interval", "ratio"],
        help="what counts of numbers and ratings: their order, differences or ratios; default: interval for number, "
        "ordinal for rating",
    )
    command.add_argument(
        "--distance", choices=["jaccard", "masi"], help="how far two sets of choices are apart; default: jaccard"
    )
    _add_order(command)
    _add_unit(command)
    _add_seed(command, "draws the resamples behind the intervals")


def _add_evaluate(commands: Commands) -> None:
    command = _command(
        commands,
        "evaluate",
        "labels against known answers: accuracy, F1, calibration, errors",
        "Tasks that are in both files are compared.",
        "labels.csv gold.csv",
    )
    command.add_argument(
        "labels",
        metavar="LABELS",
        help="task,label and perhaps confidence, as aggregate writes; - reads standard input",
    )
    command.add_argument("gold", metavar="GOLD", help="task,label: the truth; for pairwise item,score")
    _add_type(command)
    command.add_argument(
        "--overlap", type=_share, metavar="X", help="intersection over union from which a box is right; default: 0.5"
    )
    _add_order(command)
    _add_unit(command)


def _add_workers(commands: Commands) -> None:
    command = _command(
        commands,
        "workers",
        "how far each worker can be trusted, and what speaks against them",
        "One row a worker: accuracy and quality, results on known answers, and q-values of guessing, of giving one "
        "answer to everything, of patterns over time (rows are taken to be in the order in which they were given), of "
        "haste (where there is a column seconds) and of copying. Take all with q up to 0.05, and 5% of those are "
        "expected to be false alarms. For votes of type choice.",
        "votes.csv --gold gold.csv",
    )
    _add_votes(command, "task,worker,label and perhaps seconds")
    _add_method(command, "known answers, task,label: adds right and seen, and a verdict on each worker")
    command.add_argument(
        "--out",
        metavar="FILE",
        help=f"write workers here ({ENDINGS}); default: standard output, or nowhere with --json",
    )
    _add_seed(command, "decides ties")


def _add_replay(commands: Commands) -> None:
    command = _command(
        commands,
        "replay",
        "how many votes a policy would have saved on recorded ones",
        "Every task begins with the least votes, drawn from the recorded ones, and gets one more until its label is "
        "sure enough or it has the most. For votes of type choice.",
        "votes.csv --gold gold.csv --least 2 --most 5",
    )
    _add_votes(command, "task,worker,label")
    _add_method(command, "the truth, task,label: adds the accuracy, and what was lost", default="dawid-skene")
    command.add_argument("--target", type=_share, default=0.99, metavar="X", help="confidence that is enough; 0.99")
    command.add_argument("--least", type=_count, default=3, metavar="N", help="votes a task begins with; default: 3")
    command.add_argument("--most", type=_count, default=10, metavar="N", help="votes a task may have; default: 10")
    command.add_argument("--out", metavar="FILE", help="write one row a task here: votes, label, confidence")
    _add_seed(command, "draws the order of each task's votes")


def _add_distribute(commands: Commands) -> None:
    command = _command(
        commands,
        "distribute",
        "dawid-skene on more votes than one machine should hold",
        "Reads and writes Parquet, on a Dask cluster or on all cores of this computer. Needs the extra `distributed`.",
        "votes.parquet --out labels",
    )
    command.add_argument("votes", metavar="VOTES", nargs="+", help="Parquet files of task,worker,label, or a folder")
    command.add_argument("--out", metavar="FOLDER", required=True, help="a new or empty folder for the labels")
    command.add_argument("--workers", metavar="FILE", help="write one row a worker here: accuracy, deviation")
    command.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://host:8786")
    _add_limits(command)
    _add_seed(command, "decides ties")


def _add_methods(commands: Commands) -> None:
    command = _command(
        commands, "methods", "the methods that --method knows", "Of every type, or of one.", "--type number"
    )
    command.add_argument("--type", choices=list(KINDS), help="only the methods of this type")


def _command(commands: Commands, name: str, summary: str, details: str, example: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary.replace("%", "%%"),
        description=f"{summary[0].upper()}{summary[1:]}. {details}",
        epilog=f"example: python -m quality {name} {example}",
    )
    command.add_argument("--json", action="store_true", help="print a summary as JSON")
    return command


def _add_votes(command: argparse.ArgumentParser, columns: str) -> None:
    command.add_argument("votes", metavar="VOTES", help=f"{TITLES} of {columns}; - reads standard input")
    command.add_argument("--format", choices=list(FORMATS), help="of the votes; default: what the file's name ends in")


def _add_type(command: argparse.ArgumentParser) -> None:
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in KINDS.items())
    command.add_argument(
        "--type", choices=list(KINDS), default="choice", help=f"what an answer is; default: choice. {meanings}"
    )


def _add_method(command: argparse.ArgumentParser, gold: str, default: str = "auto") -> None:
    command.add_argument("--method", metavar="NAME", help=f"one that `methods` lists; default: {default}")
    command.add_argument("--gold", metavar="FILE", help=gold)
    _add_limits(command)


def _add_limits(command: argparse.ArgumentParser) -> None:
    command.add_argument("--max-iter", type=_count, metavar="N", help="iterations at most")
    command.add_argument(
        "--tol", type=_tolerance, metavar="X", help="stop when an iteration gains less, in nats a vote"
    )


def _add_order(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--order",
        type=_order,
        metavar="LOW,MID,HIGH",
        help="the classes of a rating, lowest first; default: by number, which needs them to be numbers",
    )


def _add_unit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--unit",
        choices=["words", "characters"],
        help="what texts are cut into; default: characters if most of their letters are of scripts that put no space "
        "between words (Chinese, Japanese, Thai, Lao, Khmer, Myanmar), else words",
    )


def _add_seed(command: argparse.ArgumentParser, use: str) -> None:
    command.add_argument("--seed", type=_seed, default=0, metavar="N", help=f"{use}; the same seed, the same result")


def _order(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if not all(name.strip() for name in names) or len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(f"an order is different names between commas, got {text!r}")
    return names


def _share(text: str) -> float:
    if not 0 < (share := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"above 0 and at most 1, got {text}")
    return share


def _seed(text: str) -> int:
    if (seed := int(text)) < 0:
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0 upwards, got {text}")
    return seed


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 upwards, got {text}")
    return count


def _tolerance(text: str) -> float:
    if not 0 <= (tolerance := float(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"a tolerance is a number from 0 upwards, got {text}")
    return tolerance
