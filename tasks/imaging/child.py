"""The process that decodes pictures, `python -m tasks.imaging.child`: one after the other, from its
standard input.

It has no secrets, no open files and no connections to lose, little memory and little time.
`decoder.py` starts it, and starts another when a picture was the end of it.
"""

import json
import os
import resource
import select
import signal
import sys
import time
from contextlib import suppress
from dataclasses import fields
from typing import Any

from tasks.imaging.decoding import full_size_here, reencode_here
from tasks.imaging.messages import FULL_SIZE, OUT_OF_MEMORY, read_part, write_part
from tasks.imaging.pictures import MAX_BYTES, MAX_MEMORY, BadImage, CleanImage, Copy, CostlyImage

LIBRARIES = 256 * 1024 * 1024  # bytes of address space that are no memory of this process
IDLE_SECONDS = 30  # without a picture, after which its memory is given back
PICTURES = 2000  # after which a fresh process takes over, whatever decoders may leak


def main(seconds: int) -> None:
    """Serve until nobody asks any more. `seconds` of the processor are for each picture."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for who started this; their end ends it
    confine()
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    for _number in range(PICTURES):
        if not select.select([requests], [], [], IDLE_SECONDS)[0]:
            return
        wanted, content = read_part(requests, len(FULL_SIZE)), read_part(requests, MAX_BYTES)
        allow(seconds)
        description, *pictures = decoded(wanted, content)
        write_part(replies, json.dumps(description).encode())
        for picture in pictures:
            write_part(replies, picture)
        replies.flush()


def confine() -> None:
    """Little memory, no files to be written, no remains."""
    for limit, extra in ((resource.RLIMIT_DATA, 0), (resource.RLIMIT_AS, LIBRARIES)):
        resource.setrlimit(limit, (MAX_MEMORY + extra, MAX_MEMORY + extra))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow(seconds: int) -> None:
    """From now on; when they are over the kernel ends this process."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, resource.RLIM_INFINITY))


def decoded(wanted: bytes, content: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """What became of a picture, its bytes, and those of its thumbnail."""
    try:
        made = full_size_here(content) if wanted == FULL_SIZE else reencode_here(content)
    except BadImage as error:
        return {"reason": error.reason, "costly": isinstance(error, CostlyImage)}, b"", b""
    description = {name: value for name, value in shallow(made).items() if not isinstance(value, bytes)}
    return description, made.content, made.thumbnail if isinstance(made, CleanImage) else b""


def shallow(made: Copy | CleanImage) -> dict[str, Any]:
    """Its fields; `asdict` would copy what they hold."""
    return {field.name: getattr(made, field.name) for field in fields(made)}


if __name__ == "__main__":
    try:
        with suppress(EOFError, BrokenPipeError):  # who started this has ended
            main(int(sys.argv[1]))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
