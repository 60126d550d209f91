"""python -m quality agreement"""

import argparse
from dataclasses import asdict

import numpy as np

from quality.aggregation import encode_votes
from quality.agreement import MEASURES, measure
from quality.cli.output import print_json, print_text
from quality.cli.tables import read_table


def agreement(arguments: argparse.Namespace) -> None:
    """Print the four measures with their intervals; classes are those that occur in the file."""
    columns = read_table(arguments.votes, ("task", "worker", "label"), form=arguments.format).columns
    votes, coding = encode_votes(columns["task"], columns["worker"], columns["label"])
    figures = asdict(measure(votes.counts(), np.random.default_rng(arguments.seed)))
    if arguments.json:
        print_json({**figures, "workers": len(coding.workers), "classes": len(coding.classes)})
        return
    lines = []
    for name in MEASURES:
        value, low, high = (figures[name][part] for part in ("value", "low", "high"))
        lines.append(f"{name.replace('_', ' '):18} {value:7.3f}  ({low:.3f} to {high:.3f})")
    counts = f"{figures['answers']} answers by {len(coding.workers)} workers on {figures['tasks']} tasks"
    print_text("\n".join([*lines, counts, ""]))
