"""Cells that are guarded against spreadsheets: what our files hold, our readers read."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crowd.projects.answer_kinds import shown_of
from crowd.projects.classes import Schema
from crowd.projects.ownership import create_project
from quality.formats.guards import guarded, kept_apart, unguarded
from quality.models import GoldAnswer
from quality.refresh.scheduling import refresh_project
from tasks.models import Task
from tests.cast import Api
from tests.quality.cli.conftest import Run, folder, run

__all__ = ["folder", "run"]

HOSTILE = ["+", "-", "=", "@h", "-12a", "=1+1", "'+", "''=x", "\t=1", "'", "''", "'quoted'", "-7", "'-7", "+1e3", "a"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_comes_back_from_a_guarded_cell(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unguarded(kept_apart(text)) == text


@pytest.fixture
def exported(alice: Api) -> bytes:
    """labels.csv of a project whose classes and ids look like formulas: each task has its right
    answer thrice."""
    schema: Schema = {"type": "choice", "classes": [{"name": name} for name in ("+", "-", "=", "'+")]}
    project = create_project(owner=alice.user, slug="signs", name="Signs", schema=schema)
    answers = {"-12a": "+", "t2": "-", "t3": "=", "@h": "'+"}
    table = "".join(f"{task},w{n},{answer}\n" for task, answer in answers.items() for n in range(3))
    reply = alice("POST", "/projects/signs/responses/import", as_guarded(table), content_type="text/csv")
    assert reply.json()["created"] == 12
    refresh_project(project.pk)
    return b"".join(alice("GET", "/projects/signs/labels.csv").streaming_content)


def as_guarded(table: str) -> str:
    """A table of votes as a spreadsheet would keep it."""
    rows = [[guarded(cell) for cell in row] for row in csv.reader(io.StringIO(f"task,worker,answer\n{table}"))]
    return "".join(",".join(row) + "\n" for row in rows)


def test_the_command_line_reads_the_labels_that_the_service_wrote(exported: bytes, run: Run, folder: Path) -> None:
    (folder / "labels.csv").write_bytes(exported)
    (folder / "gold.csv").write_text("task,label\n-12a,+\nt2,-\nt3,=\n@h,''+\n")

    figures = run("evaluate", "labels.csv", "gold.csv", "--json").json

    assert (figures["tasks"], figures["accuracy"], figures["unlabelled"]) == (4, 1.0, 0)


def test_the_service_reads_the_labels_that_it_wrote(exported: bytes, alice: Api) -> None:
    labels = exported.decode().replace("task,label,", "task,answer,", 1)

    reply = alice("POST", "/projects/signs/gold", labels, content_type="text/csv")

    assert reply.json()["created"] == 4
    assert set(Task.objects.values_list("external_id", flat=True)) == {"-12a", "t2", "t3", "@h"}
    gold = GoldAnswer.objects.get(task__external_id="@h")
    assert shown_of(gold.task.project)(gold.answer) == "'+"


def test_the_command_line_reads_what_it_wrote_itself(run: Run, folder: Path) -> None:
    (folder / "votes.csv").write_text("task,worker,label\n''=t,w,''+\n+u,w,+\n")
    run("aggregate", "votes.csv", "--method", "majority", "--out", "labels.csv")
    (folder / "votes.jsonl").write_text('{"task": "\'=t", "worker": "w", "label": "\'+"}\n')

    assert (folder / "labels.csv").read_text() == "task,label,confidence\n''=t,''+,1.0\n+u,+,1.0\n"
    figures = run("evaluate", "labels.csv", "votes.jsonl", "--json").json
    assert (figures["tasks"], figures["accuracy"]) == (1, 1.0)


def test_a_task_without_answers_has_no_distribution_in_parquet(
    tasks: None, alice: Api, refreshed: Callable[[], None]
) -> None:
    vote = "task,worker,answer\nt0,w0,yes\n"
    alice("POST", "/projects/birds/responses/import", vote, content_type="text/csv")
    refreshed()

    body = b"".join(alice("GET", "/projects/birds/labels.parquet").streaming_content)

    found = {row["task"]: row["distribution"] for row in pq.read_table(io.BytesIO(body)).to_pylist()}
    listed = {row["task"]: row["distribution"] for row in alice("GET", "/projects/birds/labels").json()["results"]}
    assert (found["t1"], listed["t1"]) == (None, None)
    assert dict(found["t0"]) == pytest.approx(listed["t0"])
