"""A line that says how far a long fit has come, for whoever sits at a terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from quality.aggregation.progress import watching

PATIENCE = 1.0
"""Seconds before the first line, and a tenth of them between two."""


@contextmanager
def progress_on_terminal() -> Iterator[None]:
    """Iterations are counted on standard error while they last; nothing is shown where it isn't a
    terminal."""
    if not sys.stderr.isatty():
        yield
        return
    next_at = time.monotonic() + PATIENCE
    shown = False

    def show(done: int, at_most: int) -> None:
        nonlocal next_at, shown
        if time.monotonic() >= next_at:
            sys.stderr.write(f"\r\x1b[Kiteration {done} of at most {at_most}")
            sys.stderr.flush()
            next_at, shown = time.monotonic() + PATIENCE / 10, True

    try:
        with watching(show):
            yield
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
