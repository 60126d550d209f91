"""How long a client may keep us waiting."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Patience:
    """A while, and more for every byte that moved: who is slow gets on, who stands still does
    not."""

    seconds: float
    bytes_a_second: float = float("inf")
    _ends: float = field(init=False)

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.seconds

    @property
    def ends(self) -> float:
        """When it is over, on the monotonic clock."""
        return self._ends

    def earn(self, moved: int) -> None:
        """Bytes have come, or have gone."""
        self._ends += moved / self.bytes_a_second

    def end_in(self, seconds: float) -> None:
        """Wait no longer than this from now."""
        self._ends = min(self._ends, time.monotonic() + seconds)


def for_request() -> Patience:
    """To send a request, from its first byte to its last."""
    return Patience(20, 1000)


def for_reply() -> Patience:
    """To take a reply."""
    return Patience(30, 1000)


def for_farewell() -> Patience:
    """To stop sending, once refused: who is cut off in the midst of it never reads why."""
    return Patience(5, 1_000_000)
