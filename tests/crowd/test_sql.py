"""Statements written by hand: what both databases are promised to do with them."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection

from crowd.projects.models import Project
from crowd.sql import LONGEST, Chain, Columns, Statement, Step, moment, planned_once
from tasks.models import QueueState
from tests.cast import Api, worker_of

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'")


@pytest.fixture
def accounts(db: None) -> Iterator[None]:
    """A table of this test's own: three accounts with ten coins each."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE accounts (id INTEGER, coins INTEGER CHECK (coins >= 0))")
        cursor.execute("INSERT INTO accounts VALUES (1, 10), (2, 10), (3, 10)")
        yield
        cursor.execute("DROP TABLE accounts")


def coins() -> list[int]:
    return [each for (each,) in Statement("SELECT coins FROM accounts ORDER BY id").rows()]


# Statements


def test_a_list_of_lists_is_a_table_whose_cells_have_types(db: None) -> None:
    statement = Statement("SELECT {number_0}, {text_1} FROM {rows_of}%(rows)s{end_of_rows}")
    rows: list[list[Any]] = [[2**53, "Ö'\"%(x)s {y}"], [-1, ""], [0, None]]
    assert statement.rows(rows=json.dumps(rows)) == [tuple(row) for row in rows]
    assert statement.rows(rows="[]") == []


@pytest.mark.parametrize("cell", [{"a": [1, None]}, [], {}])
def test_a_cell_may_be_json_or_a_document_of_it_in_text(db: None, cell: Any) -> None:
    rows = json.dumps([[cell, json.dumps(cell)]])
    ((as_json, document),) = Statement("SELECT {json_0}, {document_1} FROM {rows_of}%(rows)s{end_of_rows}").rows(
        rows=rows
    )
    assert (json.loads(as_json), json.loads(document)) == (cell, cell)


def test_a_row_has_no_more_cells_than_have_names(db: None) -> None:
    with pytest.raises(KeyError, match="number_8"):
        Statement("SELECT {number_8} FROM {rows_of}%(rows)s{end_of_rows}")


def test_a_statement_says_how_many_rows_it_changed(accounts: None) -> None:
    assert Statement("UPDATE accounts SET coins = coins + %(more)s WHERE id > 1").run(more=5) == 2
    assert coins() == [10, 15, 15]


def test_the_databases_clock_is_read_in_three_ways(db: None) -> None:
    ((now, today, microseconds),) = Statement("SELECT {now}, {today}, {microseconds}").rows()
    assert abs(moment(now).timestamp() * 1_000_000 - microseconds) < 60_000_000
    assert str(today) in {str(moment(now).date()), str(datetime.fromtimestamp(microseconds / 1e6, UTC).date())}


def test_a_statement_too_long_for_the_driver_to_remember_is_refused_when_it_is_made() -> None:
    longest = "SELECT " + "1" * (LONGEST - len("SELECT "))
    assert set(Statement(longest).texts.values()) == {longest}
    with pytest.raises(ValueError, match=rf"at most {LONGEST} characters; this one has {LONGEST + 1}: SELECT 111"):
        Statement(longest + "1")
    assert set(Statement(longest + "\n      ").texts.values()) == {longest}  # blanks are not counted


# Chains

PAID = ("payer", "rest")
GIVEN = ("owner", "of_all", "half")


def test_a_step_reads_what_an_earlier_one_returned_by_the_names_given_to_it(accounts: None) -> None:
    chain = Chain(
        "SELECT given.owner, given.half FROM {given} AS given ORDER BY given.owner",
        taken=Step("UPDATE accounts SET coins = coins - 4 WHERE id <= %(last)s RETURNING id, COALESCE(coins, 0)", PAID),
        given=Step("SELECT payer, (SELECT MAX(id) FROM accounts), rest / 2 FROM {taken} AS taken", GIVEN),
    )
    assert chain.rows(last=2) == [(1, 3), (2, 3)]
    assert coins() == [6, 6, 10]


def test_nothing_follows_from_a_step_that_returned_no_rows(accounts: None) -> None:
    chain = Chain(
        "SELECT id FROM {second} AS second",
        first=Step("UPDATE accounts SET coins = 0 WHERE id > 3 RETURNING id", ["id"]),
        second=Step("UPDATE accounts SET coins = 0 WHERE EXISTS (SELECT 1 FROM {first} AS f) RETURNING id", ["id"]),
    )
    assert chain.rows() == []
    assert coins() == [10, 10, 10]


def test_what_a_step_returned_comes_through_unchanged(db: None) -> None:
    values = {"text": "Ö'\"%(x)s", "number": -(2**53), "absent": None}
    chain = Chain(
        "SELECT text, number, absent FROM {said} AS said",
        said=Step("SELECT CAST(%(text)s AS TEXT), CAST(%(number)s AS BIGINT), CAST(%(absent)s AS BIGINT)", [*values]),
    )
    assert chain.rows(**values) == [tuple(values.values())]


@pytest.mark.django_db(transaction=True)
def test_steps_happen_together_or_not_at_all(accounts: None) -> None:
    chain = Chain(
        "SELECT id FROM {spent} AS spent",
        earned=Step("UPDATE accounts SET coins = coins + 1 WHERE id = 1 RETURNING id", ["id"]),
        spent=Step(
            "UPDATE accounts SET coins = -1 WHERE id IN (SELECT id + 1 FROM {earned} AS e) RETURNING id", ["id"]
        ),
    )
    with pytest.raises(DatabaseError):
        chain.rows()
    assert coins() == [10, 10, 10]


# Plans


def prepared(text: str) -> int:
    return sum(text in each for (each,) in Statement("SELECT statement FROM pg_prepared_statements").rows())


@on_postgresql
def test_postgresql_plans_a_statement_once_and_what_the_orm_says_every_time(tasks: Project) -> None:
    for n in range(10):
        assert Statement("SELECT %(n)s::INTEGER AS planned_once").rows(n=n) == [(n,)]
        assert Project.objects.filter(slug="birds", pk__gt=-n).count() == 1
    assert (prepared("AS planned_once"), prepared("projects_project")) == (1, 0)


@on_postgresql
def test_what_fails_does_not_leave_the_connection_planning_ahead(db: None) -> None:
    driver: Any = connection.connection
    with planned_once(driver):
        assert driver.prepare_threshold == 0
    with pytest.raises(DatabaseError):
        Statement("SELECT 1 / 0").rows()
    assert driver.prepare_threshold is None


# Columns

BEFORE = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)


def read(columns: Columns[QueueState]) -> QueueState:
    ((row),) = Statement("SELECT {columns} FROM tasks_queuestate AS state", columns=columns.select).rows()
    return columns.build(row)


@pytest.fixture
def queue_state(project: Project, bob: Api) -> QueueState:
    cursors = {"work": {"marks": {"1": [2, 3]}, "text": "Ö"}}
    return QueueState.objects.create(
        worker=worker_of(bob, project), cursors=cursors, day=date(2026, 3, 4), exam_score=0.5, exam_passed_at=BEFORE
    )


def test_all_columns_make_the_instance_that_the_orm_makes(queue_state: QueueState) -> None:
    built, known = read(Columns(QueueState, "state")), QueueState.objects.get()
    names = [field.attname for field in QueueState._meta.concrete_fields]
    assert [getattr(built, name) for name in names] == [getattr(known, name) for name in names]
    assert (built.cursors, built.day, built.exam_passed_at) == (queue_state.cursors, date(2026, 3, 4), BEFORE)
    assert (built.exam_again_at, built.last_skip_id, built.get_deferred_fields()) == (None, None, set())


def test_columns_left_out_are_read_when_somebody_asks(queue_state: QueueState, django_assert_num_queries: Any) -> None:
    columns = Columns(QueueState, "state", "held", "worker", "day")  # in whichever order they are named
    built = read(columns)
    assert (columns.columns, columns.width) == (["worker_id", "held", "day"], 3)
    assert (built.pk, built.held, built.day) == (queue_state.pk, 0, date(2026, 3, 4))
    with django_assert_num_queries(1):
        assert built.exam_score == 0.5


def test_a_moment_has_a_time_zone_however_the_database_says_it() -> None:
    said = ["2026-03-04 05:06:07.089", datetime(2026, 3, 4, 5, 6, 7, 89_000), BEFORE]
    assert [moment(each) for each in said] == [BEFORE] * 3
    assert moment(None) is None
