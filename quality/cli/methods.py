"""python -m quality methods"""

import argparse

from quality.aggregation import METHODS
from quality.cli.output import print_json, print_text


def methods(arguments: argparse.Namespace) -> None:
    """List the methods, one a line with what it does."""
    if arguments.json:
        print_json({name: method.description for name, method in METHODS.items()})
        return
    width = max(map(len, METHODS))
    print_text("".join(f"{name:{width}}  {method.description}\n" for name, method in METHODS.items()))
