"""Long lists in statements of bearable length."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

BATCH = 1000  # rows a statement, below every database's limit of parameters

T = TypeVar("T")


def batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
