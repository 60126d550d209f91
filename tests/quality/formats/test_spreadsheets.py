"""Tables come as spreadsheets of any country write them."""

import io
import re

import pytest

from quality.formats.csv_tables import read_sheet
from quality.formats.faults import Unreadable

KNOWN = ("task", "worker", "answer", "external_id")
PLAIN = [(2, ["t1", "w", "yes, no"]), (3, ["t2", "w", "é"])]


def read(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    sheet = read_sheet(io.BytesIO(content), KNOWN)
    assert sheet is not None
    return list(sheet.titles), list(sheet.rows)


COMMAS = 'task,worker,answer\nt1,w,"yes, no"\nt2,w,é\n'
SEMICOLONS = "task;worker;answer\nt1;w;yes, no\nt2;w;é\n"
TABS = "task\tworker\tanswer\nt1\tw\tyes, no\nt2\tw\té\n"


@pytest.mark.parametrize(
    "content",
    [
        COMMAS.encode(),
        SEMICOLONS.encode(),
        TABS.encode(),
        COMMAS.encode("utf-8-sig"),
        TABS.encode("utf-16"),
        b"\xfe\xff" + TABS.encode("utf-16-be"),
        SEMICOLONS.replace("\n", "\r\n").encode("utf-8-sig"),
        COMMAS.replace("\n", "\r").encode(),
        COMMAS.rstrip("\n").encode(),
        COMMAS.replace("task,worker", " Task , WORKER").encode(),
        'task,worker,answer,,\nt1,w,"yes, no",,\nt2,w,é\n'.encode(),
        'task,,worker,answer\nt1,,w,"yes, no"\nt2, ,w,é\n'.encode(),
        'task,worker,answer\nt1,w,"yes, no",,,\nt2,w,é,\n'.encode(),
    ],
    ids=[
        *("commas", "semicolons", "tabs", "a mark of UTF-8", "UTF-16", "UTF-16, big end first", "Excel", "old macOS"),
        *("no last line end", "titles in capitals", "no titles at the end", "a column without a title", "empty cells"),
    ],
)
def test_the_same_table_is_read_however_it_is_written(content: bytes) -> None:
    assert read(content) == (["task", "worker", "answer"], PLAIN)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("sep=;\n" + SEMICOLONS, [3, 4]),
        ("sep=,\r\n" + COMMAS.replace("\n", "\r\n"), [3, 4]),
        ("sep=\t\n" + TABS, [3, 4]),
        ("\n,,\n" + COMMAS, [4, 5]),
        (COMMAS.replace("t2", ",,\n  , ,\n\nt2"), [2, 6]),
        (COMMAS.replace("yes, no", "yes,\n no"), [2, 4]),
    ],
    ids=["semicolons", "commas", "tabs", "blank rows first", "blank rows between", "a cell of two lines"],
)
def test_lines_are_those_of_the_file(content: str, lines: list[int]) -> None:
    titles, rows = read(content.encode())
    assert (titles, [line for line, _cells in rows]) == (["task", "worker", "answer"], lines)


def test_titles_that_mean_nothing_to_us_stay_as_they_are() -> None:
    assert read(b"External ID;Text (English);\xc3\x89t\xc3\xa9\nt;x;y\n")[0] == ["external_id", "Text (English)", "Été"]


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"PK\3\4" + b"\0" * 50, 1, "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 1, "workbook"),
        (b"\xff\xfea", 1, "UTF-16"),
        ("task,answer\nt,é\n".encode("cp1252"), 2, "save it as CSV (UTF-8)"),
        ("task\tanswer\n".encode("utf-16-le"), 1, "NUL"),
        (b"task,,answer\nt,,yes\nt,stray,yes\n", 3, "column 2 has no name"),
        (b"task,answer\nt,yes,stray\n", 2, "3 cells under a header of 2"),
        (b"task,answer\nt\n", 2, "1 cells under a header of 2"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(content: bytes, line: int, problem: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(problem)) as refused:
        read(content)
    assert refused.value.line == line


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,\n,\n", b"\xef\xbb\xbf", b"sep=;\n"])
def test_nothing_is_no_table(content: bytes) -> None:
    assert read_sheet(io.BytesIO(content), KNOWN) is None
