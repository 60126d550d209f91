"""A file for each source, and one that is wrong somewhere."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cast import picture


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Example:
    """A file in which everything is right, and how many rows or members it has; and one with a
    fault, and where that is: in a line, in a folder, or in a member, beside which others come in.

    found: what somebody who says nothing gets it taken for, by its name.
    """

    good: bytes
    members: int
    bad: bytes
    place: dict[str, Any]
    keeps: int = 0
    name: str = "file"
    found: str = ""
    options: dict[str, Any] = field(default_factory=dict)


RED, BLUE = picture("red"), picture("blue")

EXAMPLES = {
    "auto-zip": Example(
        zipped({"a.png": RED, "b.png": BLUE, "x/__MACOSX/c.png": b""}),
        3,
        zipped({"a.png": RED, "torn.png": BLUE[:40]}),
        {"file": "torn.png"},
        keeps=1,
        name="pictures.zip",
        found="auto-zip",
    ),
    "images-zip": Example(
        zipped({"a.png": RED, "b.png": BLUE, ".hidden": b""}),
        3,
        zipped({"a.png": RED, "torn.png": BLUE[:40]}),
        {"file": "torn.png"},
        keeps=1,
    ),
    "imagenet-zip": Example(
        zipped({"yes/a.png": RED, "no/b.png": BLUE}),
        2,
        zipped({"yes/a.png": RED, "maybe/b.png": BLUE}),
        {"field": "maybe"},
        options={"folders": "gold"},
    ),
    "tasks-zip": Example(
        zipped({"tasks.csv": b"id,photo\na,x/a.png\nb,b.png\n", "x/a.png": RED, "b.png": BLUE, "c.png": RED}),
        3,
        zipped({"tasks.csv": b"id,photo\na,a.png\nb,torn.png\n", "a.png": RED, "torn.png": BLUE[:40]}),
        {"file": "torn.png", "line": 3},
        keeps=1,
    ),
    "csv": Example(
        b"external_id,text\na,one\nb,two\n",
        2,
        b"external_id,text,gold\na,one,yes\nb,two,maybe\n",
        {"line": 3},
        name="tasks.csv",
        found="csv",
    ),
    "jsonl": Example(
        b'{"external_id": "a", "text": "one"}\n{"external_id": "b", "text": "two"}\n',
        2,
        b'{"external_id": "a", "text": "one"}\n{"external_id": "", "text": "two"}\n',
        {"line": 2},
        name="tasks.ndjson",
        found="jsonl",
    ),
    "votes-csv": Example(
        b"task,worker,answer\na,w,yes\nb,w,no\n", 2, b"task,worker,answer\na,w,yes\nb,w,maybe\n", {"line": 3}
    ),
    "votes-jsonl": Example(
        b'{"task": "a", "worker": "w", "answer": "yes"}\n{"task": "b", "worker": "w", "answer": "no"}\n',
        2,
        b'{"task": "a", "worker": "w", "answer": "yes"}\n{"task": "b", "worker": "w"}\n',
        {"line": 2},
    ),
}
"""By the name of the source."""
