import gzip
from pathlib import Path

import pytest

from quality.tables.columns import Columns
from quality.tables.reading import read_table
from tests.quality.cli.conftest import Run

HEADER = b"task,worker,label\n"
VOTES = Columns(("task", "worker", "label"))


@pytest.mark.parametrize(
    "text",
    [
        b"task,worker,label\nt1,bob,yes\n",
        b"label,seconds,worker,task\nyes,3.5,bob,t1\n",
        b"task,worker,answer\nt1,bob,yes\n",
        b"\xef\xbb\xbftask,worker,label\r\nt1,bob,yes\r\n",
        b'task , worker,label\n\nt1,"bob",yes\n\n',
        b"task,worker,label\nt1,bob,yes",
    ],
    ids=[
        "plain",
        "other order and more columns",
        "answer",
        "mark and returns",
        "spaces and blank lines",
        "no last newline",
    ],
)
def test_spellings_of_the_same_votes(folder: Path, text: bytes):
    (folder / "votes.csv").write_bytes(text)

    columns = read_table("votes.csv", VOTES).columns

    assert {name: column.values() for name, column in columns.items()} == {
        "task": ["t1"],
        "worker": ["bob"],
        "label": ["yes"],
    }


def test_rows_know_the_line_they_start_on(folder: Path):
    (folder / "votes.csv").write_bytes(HEADER + b'"t\n1",bob,yes\n\nt2,bob,no\n')

    table = read_table("votes.csv", VOTES)

    assert (table.columns["task"].values(), list(table.lines)) == (["t\n1", "t2"], [2, 5])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "votes.csv:1: empty; it needs a header with task, worker, label"),
        (b"\n\n", "votes.csv:1: empty; it needs a header with task, worker, label"),
        (b"task,label\n", "votes.csv:1: no column called worker, only task, label"),
        (b"task,worker\n", "votes.csv:1: no column called label or answer, only task, worker"),
        (b"task,worker,label,task\n", "votes.csv:1: 2 columns called task"),
        (b"task,worker,label,answer\n", "votes.csv:1: 2 columns called label or answer"),
        (HEADER + b"t1,bob\n", "votes.csv:2: 2 cells under a header of 3"),
        (HEADER + b"t1,bob,yes\nt1,eve,yes,no\n", "votes.csv:3: 4 cells under a header of 3"),
        (HEADER + b"t1,,yes\n", "votes.csv:2: the worker is empty"),
        (HEADER + b"t1,bob,  \n", "votes.csv:2: the label is empty"),
        (HEADER + b"t1,bob,yes\nt\x001,bob,yes\n", "votes.csv:3: a NUL byte; is this CSV in UTF-8?"),
        ("task,worker,label\n".encode("utf-16-le"), "votes.csv:1: a NUL byte; is this CSV in UTF-8?"),
        (HEADER + b"t1,bob,yes\nt2,bob,caf\xe9\n", "votes.csv:3: byte 11 is not UTF-8; save it as CSV (UTF-8)"),
        (HEADER + b't1,bob,"yes\nno\n', "votes.csv:2: not CSV: unexpected end of data"),
        (HEADER + b'"t\n1",bob,yes\nt2,"b"ob,yes\n', "votes.csv:4: not CSV: ',' expected after '\"'"),
        (HEADER + b"t1,bob," + b"y" * 200_000 + b"\n", "votes.csv:2: not CSV: field larger than field limit (131072)"),
    ],
)
def test_a_bad_file_names_its_line(run: Run, folder: Path, text: bytes, message: str):
    (folder / "votes.csv").write_bytes(text)

    finished = run("aggregate", "votes.csv", "--out", "labels.csv")

    assert (finished.status, finished.out, finished.err) == (2, "", f"{message}\n")
    assert not (folder / "labels.csv").exists()


def test_a_bad_line_on_standard_input_is_told_too(run: Run):
    finished = run("agreement", "-", stdin=HEADER + b"t1,bob\n")

    assert (finished.status, finished.err) == (2, "standard input:2: 2 cells under a header of 3\n")


@pytest.mark.parametrize(("path", "problem"), [("missing.csv", "no such file or directory"), (".", "is a directory")])
def test_a_file_that_cannot_be_read_is_refused(run: Run, path: str, problem: str):
    finished = run("aggregate", path)

    assert (finished.status, finished.err) == (2, f"{path}: {problem}\n")


@pytest.mark.parametrize("arguments", [("aggregate", "-", "--gold", "-"), ("evaluate", "-", "-")])
def test_standard_input_stands_for_one_file(run: Run, arguments: tuple[str, ...]):
    finished = run(*arguments, stdin=HEADER)

    assert (finished.status, finished.err) == (2, "standard input: can stand for one file only\n")


def test_what_is_called_gz_is_compressed_and_read_back(run: Run, folder: Path):
    (folder / "votes.csv").write_bytes(HEADER + b"t1,bob,yes\n")

    run("aggregate", "votes.csv", "--out", "labels.csv.gz")

    assert gzip.decompress((folder / "labels.csv.gz").read_bytes()).startswith(b"task,label,confidence\nt1,yes,")
    (folder / "gold.csv").write_text("task,label\nt1,yes\n")
    assert run("evaluate", "labels.csv.gz", "gold.csv", "--json").json["accuracy"] == 1
