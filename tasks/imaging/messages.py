"""How the process that decodes and the one that asks it talk: parts of bytes, each behind its
length."""

import struct
from typing import IO

LENGTH = struct.Struct(">I")
FULL_SIZE, FITTING = b"full", b"fit"  # the copy of a picture that is wanted: of its own size, or the first served
OUT_OF_MEMORY = 3  # exit status of the process that decodes, where not even the refusal found room


def write_part(stream: IO[bytes], content: bytes) -> None:
    stream.write(LENGTH.pack(len(content)))
    stream.write(content)


def read_part(stream: IO[bytes], at_most: int) -> bytes:
    """Raises EOFError where the other side has ended, or says more than it may."""
    (length,) = LENGTH.unpack(_exactly(stream, LENGTH.size))
    if length > at_most:
        raise EOFError
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content
