"""Statements written by hand, for what every worker's request does.

The ORM builds its SQL anew each time, at several times the cost of running it. A statement here is one text for both
databases; what they spell differently is filled in once. Everything else of the service uses the ORM.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

M = TypeVar("M", bound=models.Model)

# The database's clock; how the rows of the table called `locked` are locked (SQLite lets one transaction write at a
# time and needs no locks); and a JSON list of triples of numbers as rows.
DIALECTS = {
    "postgresql": {
        "now": "STATEMENT_TIMESTAMP()",
        "microseconds": "CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000000 AS BIGINT)",
        "lock": "FOR NO KEY UPDATE OF locked",
        "skip_locked": "FOR NO KEY UPDATE OF locked SKIP LOCKED",
        "triples": "SELECT (value ->> 0)::BIGINT, (value ->> 1)::BIGINT, (value ->> 2)::BIGINT "
        "FROM JSON_ARRAY_ELEMENTS(CAST(",
        "end_of_triples": " AS JSON))",
    },
    "sqlite": {
        "now": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')",
        "microseconds": "CAST((JULIANDAY('NOW') - 2440587.5) * 86400000000 AS INTEGER)",
        "lock": "",
        "skip_locked": "",
        "triples": "SELECT JSON_EXTRACT(value, '$[0]'), JSON_EXTRACT(value, '$[1]'), JSON_EXTRACT(value, '$[2]') "
        "FROM JSON_EACH(",
        "end_of_triples": ")",
    },
}


class Statement:
    """One statement, with `%(parameters)s` and the dialect's words in braces."""

    def __init__(self, sql: str, **parts: str) -> None:
        self._texts = {vendor: sql.format(**words, **parts) for vendor, words in DIALECTS.items()}

    def rows(self, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run it, and return the rows it gives."""
        with connection.cursor() as cursor:
            cursor.execute(self._texts[connection.vendor], parameters)
            return cursor.fetchall()

    def run(self, **parameters: Any) -> int:
        """Run it, and return how many rows it changed."""
        with connection.cursor() as cursor:
            cursor.execute(self._texts[connection.vendor], parameters)
            return cursor.rowcount


class Columns(Generic[M]):
    """The columns of a model within a statement: `select` names them, `build` makes an instance of what they held.
    Fields that are left out are read when somebody asks for them, as with `only`."""

    def __init__(self, model: type[M], alias: str, *names: str) -> None:
        wanted = {model._meta.get_field(name) for name in names}
        # In the model's order, which is the one that from_db takes values in.
        fields = [field for field in model._meta.concrete_fields if field in wanted or not wanted]
        self.fields: list[models.Field[Any, Any]] = list(fields)  # type: ignore[arg-type]
        self.model, self.width = model, len(self.fields)
        self.select = ", ".join(f"{alias}.{field.column}" for field in self.fields)
        self._names = [field.attname for field in self.fields]
        self._json = [n for n, field in enumerate(self.fields) if isinstance(field, models.JSONField)]
        self._moments = [n for n, field in enumerate(self.fields) if isinstance(field, models.DateTimeField)]
        self._dates = [n for n, field in enumerate(self.fields) if type(field) is models.DateField]

    def build(self, values: Sequence[Any]) -> M:
        row = list(values)
        for n in self._json:
            row[n] = json.loads(row[n]) if row[n] is not None else None
        for n in self._moments:
            row[n] = moment(row[n])
        for n in self._dates:
            row[n] = datetime.fromisoformat(row[n]).date() if isinstance(row[n], str) else row[n]
        return self.model.from_db(DEFAULT_DB_ALIAS, self._names, row)


def moment(value: Any) -> Any:
    """A time as it comes from the database: SQLite keeps it as text."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def stored(value: datetime | None) -> Any:
    """A time as the database takes it."""
    return connection.ops.adapt_datetimefield_value(value)
