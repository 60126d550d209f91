"""python -m quality methods"""

import argparse

from quality.kinds import KINDS, load
from quality.tables.writing import print_json, print_text


def methods(arguments: argparse.Namespace) -> None:
    """List the methods, one a line with what it does: of one type, or of every type under its
    name."""
    if arguments.type:
        found = _described(arguments.type)
        if arguments.json:
            print_json(found)
        else:
            print_text(_listed(found))
        return
    of_type = {name: _described(name) for name in KINDS}
    if arguments.json:
        print_json(of_type)
    else:
        print_text("\n".join(f"{name}: {KINDS[name]}\n{_listed(found, '  ')}" for name, found in of_type.items()))


def _described(kind: str) -> dict[str, str]:
    return {name: method.description for name, method in load(kind).methods.items()}


def _listed(descriptions: dict[str, str], indent: str = "") -> str:
    width = max(map(len, descriptions))
    return "".join(f"{indent}{name:{width}}  {description}\n" for name, description in descriptions.items())
