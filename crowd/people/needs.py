"""Which roles a request needed, so that its reply is given again only to somebody who has them still."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Need = tuple[str, list[str]]
"""The slug of a project, and the roles in it of which one was needed."""

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


def note(slug: str, roles: Collection[str]) -> None:
    """Called where somebody was found to have one of these roles in the project."""
    needs = _needs.get()
    if needs is not None:
        needs.append((slug, sorted(roles)))
