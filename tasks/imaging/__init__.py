"""Pictures: decoding what people upload, and encoding anew what we serve. Pure: no database, no
web.

They are decoded in a process of its own (`child.py`, `decoding.py` and what these import);
everybody else asks for it here, and imports no decoder.
"""

import os

from tasks.imaging.decoder import Decoder
from tasks.imaging.pictures import REASONS, BadImage, CleanImage, Copy, CostlyImage

__all__ = ["REASONS", "BadImage", "CleanImage", "Copy", "CostlyImage", "full_size", "reencode"]

_decoder = Decoder()


def reencode(content: bytes) -> CleanImage:
    """The picture as it is served at first. Raises BadImage, saying why it is not accepted."""
    return _decoder.reencode(content)


def full_size(content: bytes) -> Copy:
    """A copy of the picture that is not scaled. Raises BadImage, where that is too dear too."""
    return _decoder.full_size(content)


def _start_anew() -> None:
    global _decoder  # noqa: PLW0603 (a forked process must not talk to its parent's child)
    _decoder.leave()
    _decoder = Decoder()


os.register_at_fork(after_in_child=_start_anew)
