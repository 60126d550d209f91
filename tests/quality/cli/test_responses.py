"""Answers as the service sends them, read as votes: what does not count there is left out."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from crowd.projects.models import Membership, Project
from quality.tables.columns import Columns
from quality.tables.votes import in_order_of_time, read_votes
from tasks.responses.voiding import void_responses
from tests.cast import Api
from tests.quality.cli.conftest import Run

COLUMNS = Columns(("task", "worker", "label"), ("received_at",), blank=("received_at",), moments=("received_at",))
COMMANDS = (["aggregate"], ["agreement", "--json"], ["workers"], ["replay", "--least", "1"])


@pytest.fixture
def answered(tasks: Project, alice: Api) -> Project:
    rows = "".join(f"t{n},w{w},{'yes' if (n + w) % 3 else 'no'}\n" for n in range(8) for w in range(4))
    alice("POST", "/projects/birds/responses/import", f"task,worker,answer\n{rows}", content_type="text/csv")
    void_responses(Membership.objects.get(name="w3"))
    return tasks


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_the_file_is_read_as_it_is(
    answered: Project, alice: Api, run: Run, folder: Path, form: str, command: list[str]
) -> None:
    path = folder / f"responses.{form}"
    path.write_bytes(b"".join(alice("GET", f"/projects/birds/responses.{form}").streaming_content))
    (folder / "plain.csv").write_text(
        "task,worker,label\n"
        + "".join(f"t{n},w{w},{'yes' if (n + w) % 3 else 'no'}\n" for n in range(8) for w in range(3))
    )
    name, *options = command
    finished, plain = run(name, path, *options), run(name, "plain.csv", *options)
    assert (finished.status, finished.out) == (0, plain.out)
    assert finished.err.startswith(f"{path}: left out 8 voided and 0 uncounted votes\n")
    assert plain.err.count("left out") == 0


def test_marks_may_be_written_in_any_way(run: Run) -> None:
    votes = "task,worker,label,counted,voided\nt1,a,x,TRUE,no\nt1,b,y,0,\nt1,c,y,,Yes\nt1,d,y,false,true\n"
    finished = run("aggregate", "-", "--method", "majority", stdin=votes.encode())
    assert finished.out == "task,label,confidence\nt1,x,1.0\n"
    assert finished.err.startswith("standard input: left out 2 voided and 1 uncounted votes\n")


def test_a_mark_that_is_neither_names_its_line(run: Run) -> None:
    finished = run("aggregate", "-", stdin=b"task,worker,label,voided\nt1,a,x,\nt1,b,x,maybe\n")
    assert (finished.status, finished.err) == (2, "standard input:3: 'maybe' is neither true nor false\n")


def test_rows_are_put_in_the_order_in_which_they_were_received(folder: Path) -> None:
    moments = ["2026-01-01T00:00:01.5Z", "2026-01-01T00:00:01Z", "2025-12-31T23:59:59Z"]
    rows: list[dict[str, Any]] = [
        {"task": f"t{n}", "worker": "a", "answer": "x", "received_at": at} for n, at in enumerate(moments)
    ]
    (folder / "v.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = in_order_of_time(read_votes("v.jsonl", COLUMNS))
    assert table.columns["task"].values() == ["t2", "t1", "t0"]
    (folder / "v.jsonl").write_text("".join(json.dumps(row | {"received_at": None}) + "\n" for row in rows))
    assert in_order_of_time(read_votes("v.jsonl", COLUMNS)).columns["task"].values() == ["t0", "t1", "t2"]


@pytest.mark.django_db
def test_parquet_holds_truth_values_and_moments(answered: Project, alice: Api, folder: Path) -> None:
    path = folder / "responses.parquet"
    path.write_bytes(b"".join(alice("GET", "/projects/birds/responses.parquet").streaming_content))
    types = {field.name: str(field.type) for field in pq.read_schema(path)}
    assert (types["voided"], types["received_at"]) == ("bool", "timestamp[us, tz=UTC]")
    assert len(in_order_of_time(read_votes(str(path), COLUMNS))) == 24


@pytest.mark.django_db
def test_comparisons_bring_their_items(alice: Api, run: Run, folder: Path) -> None:
    alice("POST", "/projects", {"slug": "poems", "name": "Poems", "schema": {"type": "pairwise"}})
    votes = "a,b,worker,answer\nx,y,ann,a\nx,y,ben,a\ny,z,ann,a\nx,z,ben,tie\n"
    alice("POST", "/projects/poems/responses/import", votes, content_type="text/csv")
    path = folder / "responses.csv"
    path.write_bytes(b"".join(alice("GET", "/projects/poems/responses.csv").streaming_content))
    finished = run("aggregate", path, "--type", "pairwise")
    assert (finished.status, finished.err.count("left out")) == (0, 0)
    assert [line.partition(",")[0] for line in finished.out.splitlines()] == ["item", "x", "y", "z"]
    assert run("agreement", path, "--type", "pairwise", "--json").status == 0
