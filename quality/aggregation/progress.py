"""How far a fit has come, for whoever wants to watch: `with watching(show): method.fit(votes)`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[int, int], None]
"""Is told the iterations done and the most there may be."""

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Tell `watcher` of every iteration of the fits within; other threads and tasks are not
    affected."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(done: int, at_most: int) -> None:
    """Called by a method after each iteration."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(done, at_most)
