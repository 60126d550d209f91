"""What the person who started the service is told."""

import sys
from contextlib import suppress


def tell(message: str) -> None:
    """Write a line to the terminal; where that is a file on a full disk, the service runs on all
    the same."""
    with suppress(OSError, ValueError):
        sys.stderr.write(message + "\n")
        sys.stderr.flush()
