"""Statements written by hand, for what every worker's request does.

The ORM builds its SQL anew each time, at several times the cost of running it. A statement here is
one text for both databases; what they spell differently is filled in once. Everything else of the
service uses the ORM.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

M = TypeVar("M", bound=models.Model)

CELLS = 8  # of a row of JSON that a statement may name
LONGEST = 4096  # characters: what is longer the driver would take apart anew each time


def _cells(*, text: str, number: str, as_json: str, document: str) -> dict[str, str]:
    kinds = {"text": text, "number": number, "json": as_json, "document": document}
    return {f"{kind}_{n}": form.format(n=n) for kind, form in kinds.items() for n in range(CELLS)}


# The database's clock; how the rows of the table called `locked` are locked (SQLite lets one
# transaction write at a time and needs no locks); and a parameter that is a JSON list of lists as
# rows, with the cells of each (a document is JSON that stands in a cell as text).
DIALECTS = {
    "postgresql": {
        "now": "STATEMENT_TIMESTAMP()",
        "today": "CAST(STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC' AS DATE)",
        "microseconds": "CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000000 AS BIGINT)",
        "lock": "FOR NO KEY UPDATE OF locked",
        "skip_locked": "FOR NO KEY UPDATE SKIP LOCKED",
        "rows_of": "JSONB_ARRAY_ELEMENTS(CAST(",  # twice as fast as without the B, which reads a row anew for each cell
        "end_of_rows": " AS JSONB)) AS rows(value)",
        **_cells(
            text="value ->> {n}",
            number="CAST(value ->> {n} AS BIGINT)",
            as_json="CAST(value -> {n} AS JSONB)",
            document="CAST(value ->> {n} AS JSONB)",
        ),
    },
    "sqlite": {
        "now": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')",
        "today": "DATE('NOW')",
        "microseconds": "CAST((JULIANDAY('NOW') - 2440587.5) * 86400000000 AS INTEGER)",
        "lock": "",
        "skip_locked": "",
        "rows_of": "JSON_EACH(",
        "end_of_rows": ")",
        **_cells(
            text="JSON_EXTRACT(value, '$[{n}]')",
            number="JSON_EXTRACT(value, '$[{n}]')",
            as_json="JSON_EXTRACT(value, '$[{n}]')",
            document="JSON_EXTRACT(value, '$[{n}]')",
        ),
    },
}


class Statement:
    """One statement, with `%(parameters)s` and the dialect's words in braces."""

    def __init__(self, sql: str, **parts: str) -> None:
        self.texts = {vendor: _on_one_line(sql.format(**words, **parts)) for vendor, words in DIALECTS.items()}

    def rows(self, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run it, and return the rows it gives."""
        with self._executed(parameters) as cursor:
            return cursor.fetchall()

    def run(self, **parameters: Any) -> int:
        """Run it, and return how many rows it changed."""
        with self._executed(parameters) as cursor:
            return cursor.rowcount

    @contextmanager
    def _executed(self, parameters: dict[str, Any]) -> Iterator[Any]:
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            if database.vendor == "postgresql":
                with planned_once(database.connection):
                    cursor.execute(self.texts["postgresql"], parameters)
            else:
                cursor.execute(self.texts[database.vendor], parameters)
            yield cursor


def _on_one_line(sql: str) -> str:
    text = " ".join(sql.split())
    if len(text) > LONGEST:
        raise ValueError(f"A statement has at most {LONGEST} characters; this one has {len(text)}: {text[:80]}…")
    return text


@dataclass(frozen=True, slots=True)
class Step:
    """A statement within a chain, and what the columns of the rows that it returns are called, in
    their order."""

    sql: str
    columns: Sequence[str]


class Chain:
    """Steps of one transaction, each of which may read the rows that an earlier one returned:
    `{name}` is a table of them. PostgreSQL gets one statement, in which each row stays locked no
    longer than it must; SQLite one a step.

    PostgreSQL runs a step when another asks for its rows, so what is to happen first has to be read
    by what follows.
    """

    def __init__(self, result: str, **steps: Step) -> None:
        parts = ", ".join(f"{name}({', '.join(step.columns)}) AS ({step.sql})" for name, step in steps.items())
        self._whole = Statement(f"WITH {parts} {result}", **{name: name for name in steps})
        tables = {name: _table_of(name, step.columns) for name, step in steps.items()}
        self._steps: Mapping[str, Statement] = {name: Statement(step.sql, **tables) for name, step in steps.items()}
        self._result = Statement(result, **tables)

    def rows(self, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run it, and return the rows of the result."""
        if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
            return self._whole.rows(**parameters)
        with transaction.atomic(savepoint=False):
            for name, step in self._steps.items():
                parameters[name] = json.dumps(step.rows(**parameters), default=str)
            return self._result.rows(**parameters)


def _table_of(name: str, columns: Sequence[str]) -> str:
    """The rows of a step as SQLite reads them from a parameter."""
    cells = ", ".join(f"JSON_EXTRACT(value, '$[{n}]') AS {column}" for n, column in enumerate(columns))
    return f"(SELECT {cells} FROM JSON_EACH(%({name})s))"  # noqa: S608 (all of it is ours)


@contextmanager
def planned_once(driver: Any) -> Iterator[None]:
    """Plan what is executed once a connection: to plan the longest of our statements takes longer
    than to run it. The ORM's are planned each time: a plan made for a small table would be kept
    when the table has grown."""
    driver.prepare_threshold = 0
    try:
        yield
    finally:
        driver.prepare_threshold = None


def commit_lazily() -> None:
    """Let this transaction's commit not wait for the disk. It is for transactions that are followed
    by one that does wait: a crash that loses this one loses that one, too."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


class Columns(Generic[M]):
    """The columns of a model within a statement: `select` names them, `build` makes an instance of
    what they held. Fields that are left out are read when somebody asks for them, as with
    `only`."""

    def __init__(self, model: type[M], alias: str, *names: str) -> None:
        wanted = {model._meta.get_field(name) for name in names}
        # In the model's order, which is the one that from_db takes values in.
        fields = [field for field in model._meta.concrete_fields if field in wanted or not wanted]
        self.fields: list[models.Field[Any, Any]] = list(fields)
        self.model, self.width = model, len(self.fields)
        self.columns = [str(field.column) for field in self.fields]
        self.select = ", ".join(f"{alias}.{column}" for column in self.columns)
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
    """A time as it comes from the database: SQLite gives text where it computed it, and knows no
    time zones."""
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def stored(value: datetime | None) -> Any:
    """A time as the database takes it."""
    return connection.ops.adapt_datetimefield_value(value)
