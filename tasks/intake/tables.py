"""Rows of tables, each with the number of its line; whatever is wrong is named by that number."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from crowd.api import storable
from crowd.errors import Fault
from quality.formats.faults import Unreadable
from quality.formats.table_format import Row, TableFormat
from tasks.errors import InvalidFile, UnsupportedFormat

MAX_FAULTS = 20


class Faults:
    """Collects what is wrong with a file, to report the first few faults together."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, line: int, detail: str, code: str = "invalid", **more: Any) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append({"line": line, "code": code, "detail": detail, **more})

    def raise_any(self) -> None:
        if self.faults:
            first = self.faults[0]
            message = _("Line {line}: {detail} Nothing was stored; mend the file and send it again.")
            raise InvalidFile(message.format(**first), errors=self.faults)


def fail(line: int, detail: str, code: str = "invalid") -> None:
    faults = Faults()
    faults.add(line, detail, code)
    faults.raise_any()


def read_rows(file: IO[bytes], form: TableFormat, known: Collection[str] = ()) -> Iterator[Row]:
    """The rows of a table; the `known` columns of a header are found in any case. Raises
    InvalidFile at the first line that is torn."""
    if form.read is None:
        raise UnsupportedFormat(_("{format} can't be imported yet.").format(format=form.title))
    try:
        for line, row in form.read(file, known):
            if not form.has_header and not storable(row):
                fail(line, _("This line holds an infinite number, a NUL character or half a surrogate pair."), "nul")
            yield line, row
    except Unreadable as error:
        fail(error.line, sentence(error), error.code)


def sentence(error: Unreadable) -> str:
    """Why a table can't be read, in the language of whoever reads it."""
    reason = _(error.problem).format(**error.values)
    return _("{problem}.").format(problem=reason[:1].upper() + reason[1:])


def need_columns(cells: Iterable[str], needed: Sequence[Sequence[str]]) -> None:
    """Raises InvalidFile if a table has none of the names that a column may go by, telling those
    that it has."""
    there = list(cells)
    missing = [_(" or ").join(names) for names in needed if not set(names) & set(there)]
    if missing:
        message = _("There is no column {missing}; the first line names: {found}.")
        raise InvalidFile(message.format(missing=_(" and no column ").join(missing), found=", ".join(there)[:500]))
