"""Text in the order of its code points, whatever language the database sorts by: all that begins
the same stands together, so that a search for a beginning is a range of an index."""

from typing import Any

from django.db.models import Func

LAST, AFTER_SURROGATES, SURROGATES = 0x10FFFF, 0xE000, 0xD800


class ByCodePoint(Func):
    """A text that is compared and sorted so. SQLite does that anyway."""

    template = "%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='%(expressions)s COLLATE "C"', **context)


def end_of(beginning: str) -> str | None:
    """The least text that stands behind all that begin so; None where nothing does."""
    kept = beginning.rstrip(chr(LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(AFTER_SURROGATES if following == SURROGATES else following)
