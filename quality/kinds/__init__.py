"""The kinds of answer, a package each. What is in one is loaded when it is wanted: `--help` cannot
wait for numpy.

A kind that the commands know has a module `tables` with a `KIND`, and a line in `KINDS`.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quality.tables.kind import Kind

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "choice": "one class",
        "choices": "any number of classes, joined by |",
        "rating": "one class of an ordered scale",
        "number": "a number",
        "text": "a text",
        "boxes": "boxes in an image, a row each",
        "spans": "spans of a text, a row each",
        "pairwise": "the better one of two items",
    }
)
"""What an answer is, by the public name of the kind, which is that of its package."""


def load(name: str) -> "Kind":
    """The kind called `name`, one of `KINDS`."""
    kind: Kind = import_module(f"{__name__}.{name}.tables").KIND
    return kind
