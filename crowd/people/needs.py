"""What a request needed a permission for, so that its reply is given again only to somebody who has
it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Need = tuple[str, str]
"""The slug of a project, and the permission in it that was needed."""

_needs: ContextVar[list[Need] | None] = ContextVar("needs", default=None)


@contextmanager
def noted() -> Iterator[list[Need]]:
    """All that is needed within."""
    needs: list[Need] = []
    token = _needs.set(needs)
    try:
        yield needs
    finally:
        _needs.reset(token)


def note(slug: str, permission: str) -> None:
    """Called where somebody was found to have this permission in the project."""
    needs = _needs.get()
    if needs is not None:
        needs.append((slug, permission))
