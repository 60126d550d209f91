"""python -m quality agreement"""

import argparse
from collections.abc import Mapping
from typing import Any

from quality.cli.arguments import kind_and_settings
from quality.tables.columns import STANDARD
from quality.tables.errors import BadArgument
from quality.tables.votes import read_votes
from quality.tables.writing import print_json, print_text, table_writer, write_all


def agreement(arguments: argparse.Namespace) -> None:
    """Print measures of agreement with their intervals, and write those of each worker if asked
    to."""
    kind, settings = kind_and_settings(arguments)
    if arguments.workers and kind.worker_agreement is None:
        raise BadArgument("--workers", f"agreement of each worker is not to be had for type {arguments.type}")
    if arguments.workers == STANDARD:
        raise BadArgument("--workers", "must be a file, since the measures are written to standard output")
    ballots = kind.read(read_votes(arguments.votes, kind.votes, form=arguments.format), None, settings)
    figures = kind.agreement(ballots, settings)
    if arguments.workers and kind.worker_agreement:
        write_all({arguments.workers: table_writer(arguments.workers, kind.worker_agreement(ballots))})
    if arguments.json:
        print_json(figures)
    else:
        print_text(_told(figures))


def _told(figures: Mapping[str, Any]) -> str:
    """A line for each measure and its interval, and what they rest on."""
    intervals = {name: figure for name, figure in figures.items() if isinstance(figure, dict) and "value" in figure}
    lines = [
        f"{name.replace('_', ' '):18} {figure['value']:7.3f}  ({figure['low']:.3f} to {figure['high']:.3f})\n"
        for name, figure in intervals.items()
    ]
    counts = f"{figures['answers']} answers by {figures['workers']} workers on {figures['tasks']} tasks"
    details = "".join(f"{name} {figure}; " for name, figure in figures.items() if isinstance(figure, str))
    return f"{''.join(lines)}{details}{counts}\n"
