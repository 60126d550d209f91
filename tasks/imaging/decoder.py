"""Where pictures are decoded: in a child process, started when it is needed and again when a
picture was its end."""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from tasks.imaging.messages import FITTING, FULL_SIZE, OUT_OF_MEMORY, read_part, write_part
from tasks.imaging.pictures import (
    CONTENT_TYPES,
    LONGEST_COPY,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SECONDS,
    ORIGINAL_TYPES,
    REASONS,
    BadImage,
    CleanImage,
    Copy,
    CostlyImage,
)

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-s", "-E", "-m", "tasks.imaging.child"]
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}  # none of our secrets, and little address space
PATIENCE = 5  # times as long as it may take, for a child to which a busy machine gives no processor
LONGEST_DESCRIPTION = 64 * 1024
LAST_TURN = 8
NOT_THE_PICTURE = (0, -signal.SIGKILL, -signal.SIGTERM)  # how a child ends by itself, and by somebody else's hand


Reply = tuple[dict[str, Any], bytes, bytes]  # a description, the picture, and its thumbnail


class DecoderFailed(Exception):
    """The process that decodes doesn't work at all, whatever the picture."""


class Decoder:
    """A child process that decodes one picture at a time, for all threads of this one.

    seconds: of the processor, for each picture. It is the kernel that ends the child when they are
        over.
    """

    def __init__(self, seconds: int = MAX_SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def reencode(self, content: bytes) -> CleanImage:
        """The picture as it is served at first: see `decoding.py`. Raises BadImage, saying why, and
        DecoderFailed."""
        return _checked(*self._answer(FITTING, content))

    def full_size(self, content: bytes) -> Copy:
        """A copy of the picture's own size. Raises the same."""
        description, pixels, _none = self._answer(FULL_SIZE, content)
        return Copy(pixels, _checked_type(description))

    def _answer(self, wanted: bytes, content: bytes) -> Reply:
        if len(content) > MAX_BYTES:
            raise BadImage("large")
        with self._lock:
            answer = self._asked(wanted, content) or self._asked(wanted, content)
        if answer is None:
            raise CostlyImage("killed")
        return answer

    def _asked(self, wanted: bytes, content: bytes) -> Reply | None:
        """What the child makes of it. None if the child ended for a reason that is not the
        picture's."""
        child = self._running()
        patience = PATIENCE * self._seconds
        deadline = time.monotonic() + patience
        watch = threading.Timer(patience, child.kill)
        watch.start()
        try:
            answer = _exchange(child, wanted, content)
        except (EOFError, BrokenPipeError):
            _explain(_end(child), late=time.monotonic() >= deadline)
            return None
        except BaseException:
            _end(child)  # its answer to this picture would be taken for that to the next
            raise
        finally:
            watch.cancel()
        _refuse(answer[0])
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(  # noqa: S603 (our own command)
                [*COMMAND, str(self._seconds)],
                cwd=ROOT,
                env=ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # decoders chatter about what pictures hold
            )
        return self._child

    def close(self) -> None:
        """End the child; the next picture starts another."""
        with self._lock:
            if self._child:
                _end(self._child)
                self._child = None

    def leave(self) -> None:
        """Forget the child of the process from which this one was forked: it is not ours."""
        if self._child:
            self._child.returncode = 0  # it is not ours to wait for
            for stream in (self._child.stdin, self._child.stdout):
                cast(IO[bytes], stream).close()


def _exchange(child: subprocess.Popen[bytes], wanted: bytes, content: bytes) -> Reply:
    requests, replies = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
    write_part(requests, wanted)
    write_part(requests, content)
    requests.flush()
    description = json.loads(read_part(replies, LONGEST_DESCRIPTION))
    return description, read_part(replies, LONGEST_COPY), read_part(replies, LONGEST_COPY)


def _end(child: subprocess.Popen[bytes]) -> int:
    """End it if it hasn't ended, and return its exit status."""
    child.kill()
    with suppress(BrokenPipeError):
        cast(IO[bytes], child.stdin).close()
    cast(IO[bytes], child.stdout).close()
    return child.wait()


def _explain(status: int, *, late: bool) -> None:
    """Raise what the end of the child says of the picture, if it says anything."""
    if late or status == -signal.SIGXCPU:
        raise CostlyImage("time")
    if status == OUT_OF_MEMORY:
        raise CostlyImage("memory")
    if status > 0:
        raise DecoderFailed(f"exit status {status} of {' '.join(COMMAND)}")
    if status not in NOT_THE_PICTURE:
        raise CostlyImage("crashing")


def _refuse(description: dict[str, Any]) -> None:
    """Raise what the child has against the picture, if anything."""
    if "reason" in description:
        reason = description["reason"] if description["reason"] in REASONS else "damaged"
        raise (CostlyImage if description["costly"] else BadImage)(reason)


def _checked(description: dict[str, Any], pixels: bytes, thumbnail: bytes) -> CleanImage:
    """The reply as far as one can be believed that a hostile picture may have written."""
    width, height = (min(max(int(description[side]), 1), MAX_PIXELS) for side in ("width", "height"))
    if description["original_type"] not in ORIGINAL_TYPES:
        raise BadImage("damaged")
    return CleanImage(
        content=pixels,
        content_type=_checked_type(description),
        thumbnail=thumbnail,
        original_type=description["original_type"],
        width=width,
        height=height,
        turn=min(max(int(description["turn"]), 1), LAST_TURN),
        is_scaled=bool(description["is_scaled"]),
        notes=tuple(map(str, description["notes"])),
    )


def _checked_type(description: dict[str, Any]) -> str:
    if description["content_type"] not in CONTENT_TYPES:
        raise BadImage("damaged")
    return str(description["content_type"])
