"""Pictures: decoding what people upload, and encoding anew what we serve. Pure: no database, no
web.

They are decoded in a process of its own (`child.py`, `decoding.py` and what these import);
everybody else asks for it here, and imports no decoder.
"""

import os

from tasks.imaging.decoder import Decoder
from tasks.imaging.pictures import REASONS, BadImage, CleanImage, CostlyImage

__all__ = ["REASONS", "BadImage", "CleanImage", "CostlyImage", "reencode"]

_decoder = Decoder()


def reencode(content: bytes) -> CleanImage:
    """The picture as it is stored. Raises BadImage, saying why it is none that we accept."""
    return _decoder.reencode(content)


def _start_anew() -> None:
    global _decoder  # noqa: PLW0603 (a forked process must not talk to its parent's child)
    _decoder.leave()
    _decoder = Decoder()


os.register_at_fork(after_in_child=_start_anew)
