"""The tasks' own columns beside their labels."""

import csv
import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest

from crowd.projects.models import Project
from quality.labels import data_columns
from tests.cast import Api

BIRDS = "/projects/birds"
LABELS = ["task", "label", "confidence", "distribution", "responses", "state", "source", "updated_at"]


def add(alice: Api, **tasks: dict[str, Any]) -> None:
    body = {"tasks": [{"external_id": name, "data": data} for name, data in tasks.items()]}
    assert alice("POST", f"{BIRDS}/tasks", body).status_code == 201


def read(alice: Api, form: str, query: str = "") -> list[dict[str, Any]]:
    body = b"".join(alice("GET", f"{BIRDS}/labels.{form}?columns=data{query}").streaming_content)
    if form == "csv":
        return list(csv.DictReader(io.StringIO(body.decode())))
    if form == "jsonl":
        return [json.loads(line) for line in body.splitlines()]
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(body)).to_pylist()
    return rows


def test_columns_of_tasks_that_differ_are_put_together(project: Project, alice: Api) -> None:
    add(alice, t1={"text": "A", "site": 7}, t2={"text": "B", "place": {"lat": 1.5}, "tags": ["x", "y"]})
    first, second = read(alice, "csv")
    assert list(first) == [*LABELS, "place", "site", "tags", "text"]
    assert (first["text"], first["site"], first["place"]) == ("A", "7", "")
    assert (second["place"], second["tags"], second["site"]) == ('{"lat": 1.5}', '["x", "y"]', "")
    first, second = read(alice, "jsonl")
    assert (first["site"], second["site"], second["place"], second["tags"]) == (7, None, {"lat": 1.5}, ["x", "y"])
    first, second = read(alice, "parquet")
    assert (first["site"], first["tags"], second["tags"]) == ("7", None, '["x", "y"]')


def test_columns_are_the_same_whatever_the_filter(project: Project, alice: Api) -> None:
    add(alice, t1={"text": "A"})
    assert read(alice, "csv", "&state=settled") == []
    body = b"".join(alice("GET", f"{BIRDS}/labels.csv?columns=data&state=settled").streaming_content)
    assert body.decode().strip() == ",".join([*LABELS, "text"])


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_what_would_be_taken_for_another_column_stands_behind_data(project: Project, alice: Api, form: str) -> None:
    data = {"label": "a", "Answer": "b", "data.label": "c", "data": "d", "": "e", "Updated at": "f", "labels": "g"}
    add(alice, t1=data)
    (row,) = read(alice, form)
    told = {name: row[name] for name in row if name not in LABELS}
    assert told == {
        "data.label": "a",
        "data.Answer": "b",
        "data.data.label": "c",
        "data.data": "d",
        "data.": "e",
        "data.Updated at": "f",
        "labels": "g",
    }
    assert not row["label"]


def test_what_has_no_column_of_its_own_stands_together(project: Project, alice: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(data_columns, "MOST", 2)
    add(alice, t1={"c": 1, "b": 2}, t2={"a": 3, "d": 4}, t3={"a": 5})
    rows = read(alice, "jsonl")
    assert [{name: row[name] for name in row if name not in LABELS} for row in rows] == [
        {"a": None, "b": 2, "data": {"c": 1}},
        {"a": 3, "b": None, "data": {"d": 4}},
        {"a": 5, "b": None, "data": None},
    ]


def test_a_spreadsheet_runs_no_formula_of_a_title(project: Project, alice: Api) -> None:
    add(alice, t1={"=1+1": "=2+2"})
    (row,) = read(alice, "csv")
    assert row["'=1+1"] == "'=2+2"


def test_the_list_tells_the_data_where_it_is_asked_for(tasks: Project, alice: Api) -> None:
    rows = alice("GET", f"{BIRDS}/labels?columns=data&limit=2").json()["results"]
    assert [row["data"] for row in rows] == [{"text": "Bird 0?"}, {"text": "Bird 1?"}]
    assert "data" not in alice("GET", f"{BIRDS}/labels?limit=2").json()["results"][0]
    assert alice("GET", f"{BIRDS}/labels?columns=all").status_code == 400
