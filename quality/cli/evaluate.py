"""python -m quality evaluate"""

import argparse

from quality.cli.arguments import kind_and_settings
from quality.tables.reading import read_table, require_one_stdin
from quality.tables.writing import print_json, print_text


def evaluate(arguments: argparse.Namespace) -> None:
    """Print how far labels match known answers, over the tasks that are in both files."""
    kind, settings = kind_and_settings(arguments)
    require_one_stdin(arguments.labels, arguments.gold)
    summary = kind.compare(read_table(arguments.labels, kind.labels), read_table(arguments.gold, kind.truth), settings)
    if arguments.json:
        print_json(summary)
        return
    figures = {name: figure for name, figure in summary.items() if isinstance(figure, float)}
    width = max(18, *map(len, figures))
    lines = [f"{name.replace('_', ' '):{width}} {figure:.4f}\n" for name, figure in figures.items()]
    details = "".join(f"; {name} {figure}" for name, figure in summary.items() if isinstance(figure, str))
    counts = f"on {summary[kind.unit]} {kind.unit}; {summary['unlabelled']} known answers have no label{details}\n"
    print_text("".join([*lines, counts]))
