"""What holds of every format of tables."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from quality.aggregation import Coded
from quality.formats.columns import Chunk, Layout
from quality.formats.faults import Unreadable
from quality.formats.registry import FORMATS, READ_BY_ROW, format_called, format_sent
from quality.formats.table_format import TableFormat
from quality.tables.columns import Columns, Table, Values
from quality.tables.reading import read_table
from quality.tables.writing import table_writer, write_all

TEXTS = ["plain", "=1+1", "'-x", "''", 'a "b", c', "two\nlines", "a\rb", "é 雀", "-7", "1.50"]
MOMENT = datetime(2026, 3, 1, 12, 30, 5, 250_000, tzinfo=UTC)
SERVICE = Layout(
    {"task": "text", "label": "text", "share": "number", "votes": "count", "all": "shares", "at": "time"},
    for_spreadsheets=True,
)
READ = Columns(("task",), ("label", "share", "votes"), ("share",), ("label", "share"))

every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
every_layout = pytest.mark.parametrize("for_spreadsheets", [True, False], ids=["spreadsheets", "programs"])


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[TableFormat, Layout, list[Chunk]], Path]:
    def save(form: TableFormat, layout: Layout, chunks: list[Chunk]) -> Path:
        path = tmp_path / f"table{form.endings[0]}"
        path.write_bytes(b"".join(form.write(layout, chunks)))
        return path

    return save


Save = Callable[[TableFormat, Layout, list[Chunk]], Path]


def cells(table: Table, *names: str) -> list[tuple[str, ...]]:
    return list(zip(*(table.columns[name].values() for name in names), strict=True))


def chunks(size: int) -> list[Chunk]:
    """Rows of every type, so many at once; half of their cells are empty."""
    rows = [
        (text, text if n % 2 else None, n / 7 if n % 2 else None, n, {"a": 0.25, "b": 0.75} if n % 2 else None, MOMENT)
        for n, text in enumerate(TEXTS)
    ]
    return [list(zip(*rows[start : start + size], strict=True)) for start in range(0, len(rows), size)]


@every_format
@every_layout
def test_every_text_is_read_back_as_it_was(form: TableFormat, for_spreadsheets: bool, saved: Save) -> None:
    path = saved(form, Layout({"task": "text"}, for_spreadsheets), [[TEXTS]])

    assert read_table(str(path), Columns(("task",))).columns["task"].values() == TEXTS


@every_format
@every_layout
def test_titles_are_read_back_as_they_were(form: TableFormat, for_spreadsheets: bool, saved: Save) -> None:
    titles = ["=1+1", "'-x", "plain", "-7"]
    path = saved(form, Layout(dict.fromkeys(titles, "text"), for_spreadsheets), [[[title] for title in titles]])

    assert cells(read_table(str(path), Columns(titles)), *titles) == [tuple(titles)]


@every_format
def test_what_is_true_or_false_stays_so(form: TableFormat, saved: Save) -> None:
    path = saved(form, Layout({"task": "text", "sure": "truth"}), [[["a", "b", "c"], [True, False, None]]])

    table = read_table(str(path), Columns(("task",), ("sure",), blank=("sure",), truths=("sure",)))
    assert table.columns["sure"].values() == ["true", "false", ""]


@every_format
@pytest.mark.parametrize("size", [1, 3, 100])
def test_chunks_of_any_size_make_the_same_table(form: TableFormat, size: int, saved: Save) -> None:
    table = read_table(str(saved(form, SERVICE, chunks(size))), READ)

    found = [
        (task, label or None, float(share) if share else None, int(votes))
        for task, label, share, votes in cells(table, "task", "label", "share", "votes")
    ]
    assert found == [row for chunk in chunks(100) for row in zip(*chunk[:4], strict=True)]


@every_format
def test_a_table_without_rows_is_one(form: TableFormat, saved: Save) -> None:
    assert len(read_table(str(saved(form, SERVICE, [])), Columns(("task",)))) == 0


@every_format
def test_names_and_numbers_go_out_as_the_library_keeps_them(form: TableFormat, tmp_path: Path) -> None:
    path = str(tmp_path / f"labels{form.endings[0]}")
    columns: dict[str, Values] = {
        "task": Coded(np.array([1, 0, 1], dtype=np.int32), ("=a", "b")),
        "share": np.array([0.1, np.nan, 3.0]),
        "votes": np.array([1, 2, 3], dtype=np.int64),
    }

    write_all({path: table_writer(path, columns)})

    table = read_table(path, Columns(("task", "votes"), ("share",), ("share",), ("share",)))
    assert [(task, votes) for task, votes in cells(table, "task", "votes")] == [("b", "1"), ("=a", "2"), ("b", "3")]
    assert [value and float(value) for value in table.columns["share"].values()] == [0.1, "", 3.0]


@every_format
def test_a_format_is_found_by_name_and_by_type(form: TableFormat) -> None:
    assert {format_called(f"Votes{ending.upper()}") for ending in form.endings} == {form}
    assert {format_sent(f"{media_type}; charset=utf-8") for media_type in form.media_types} == {form}
    assert form.content_type.startswith(form.media_type)


@pytest.mark.parametrize("form", READ_BY_ROW.values(), ids=READ_BY_ROW)
def test_rows_know_their_line_and_bad_ones_are_told_with_it(form: TableFormat) -> None:
    content = b"".join(form.write(Layout({"task": "text", "label": "text"}), [[("t1", "t2"), ("yes", "no")]]))
    assert form.read is not None
    rows = list(form.read(io.BytesIO(b"\n" + content), ("task",)))
    first = 3 if form.has_header else 2
    assert rows == [(first, {"task": "t1", "label": "yes"}), (first + 1, {"task": "t2", "label": "no"})]

    with pytest.raises(Unreadable) as refused:
        list(form.read(io.BytesIO(content + b"\xff\n"), ("task",)))
    assert (refused.value.line, refused.value.code) == (content.count(b"\n") + 1, "torn")
    assert refused.value.problem.format(**refused.value.values) == str(refused.value)
