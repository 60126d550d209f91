"""Runs the blocks of a Markdown page in the order in which a reader meets them: python page.py
PAGE.

Blocks of `python` share their names, as in one session. Blocks of no language, or of `sh`, are
given to a shell that stops at the first error. A block of `text` is what was printed since the last
one. Others are left alone. It needs the standard library only, so that any environment may be
tried. Faults name the line of the page.
"""

import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(r"```(\w*)\s*$")
SHELL = ("", "sh", "bash")


@dataclass(frozen=True)
class Block:
    """line: of the page, on which its text begins, counted from 1."""

    language: str
    line: int
    text: str


def blocks_of(page: str) -> Iterator[Block]:
    language, start, lines = None, 0, list[str]()
    for number, line in enumerate(page.splitlines(), start=1):
        fence = FENCE.match(line)
        if language is not None and line.rstrip() == "```":
            yield Block(language, start, "\n".join(lines))
            language = None
        elif language is not None:
            lines.append(line)
        elif fence:
            language, start, lines = fence[1], number + 1, []


def run(page: Path) -> int:
    """Runs every block, and returns how many. AssertionError where something else was printed than
    the page says."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed, count = io.StringIO(), 0
    for block in blocks_of(page.read_text()):
        if block.language == "text":
            said = printed.getvalue().strip()
            assert said == block.text.strip(), f"{page}:{block.line}: this was printed:\n{said}"
            printed = io.StringIO()
        elif block.language == "python":
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * (block.line - 1) + block.text, page, "exec"), names)
        elif block.language in SHELL:
            printed.write(in_shell(page, block))
        else:
            continue
        count += 1
    return count


def in_shell(page: Path, block: Block) -> str:
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", block.text], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{page}:{block.line}: exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


if __name__ == "__main__":
    sys.stdout.write(f"{run(Path(sys.argv[1]))}\n")
