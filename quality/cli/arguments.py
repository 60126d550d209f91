"""From the arguments of a command to the kind of answer it is about, and the settings of that
kind."""

import argparse
from dataclasses import fields
from typing import Any

from quality.kinds import load
from quality.tables.errors import BadArgument
from quality.tables.kind import Kind, Settings


def kind_and_settings(arguments: argparse.Namespace) -> tuple[Kind, Settings]:
    """BadArgument for a setting that the kind has no use for."""
    kind = load(arguments.type)
    asked: dict[str, Any] = {field.name: getattr(arguments, field.name, None) for field in fields(Settings)}
    given = {name: value for name, value in asked.items() if value is not None}
    for name in given:
        if name != "seed" and name not in kind.settings:
            raise BadArgument(f"--{name}", f"means nothing for type {arguments.type}")
    return kind, Settings(**given)
