"""What a newcomer reads."""

import re
import shlex
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality.kinds import KINDS
from tests.quality.cli.conftest import Run

COMMANDS = ("aggregate", "agreement", "evaluate", "workers", "replay", "distribute", "methods")


def test_help_lists_every_command(run: Run):
    finished = run("--help")

    assert finished.status == 0
    assert all(re.search(rf"^ +{command}\b", finished.out, re.MULTILINE) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_ends_with_an_example_that_runs(run: Run, folder: Path, command: str):
    (folder / "votes.csv").write_text("task,worker,label\n1,a,2\n1,b,2\n2,a,1\n2,b,3\n")
    (folder / "ratings.csv").write_text((folder / "votes.csv").read_text())
    pq.write_table(pa.table({"task": ["1", "1"], "worker": ["a", "b"], "label": ["2", "2"]}), folder / "votes.parquet")
    (folder / "gold.csv").write_text("task,label\n1,2\n")
    (folder / "labels.csv").write_text("task,label\n1,2\n")

    shown = run(command, "--help").out
    example = " ".join(shown[shown.index("example: ") :].split()).removeprefix("example: python -m quality ")

    assert "%%" not in shown
    assert run(*shlex.split(example)).status == 0


def test_help_says_what_every_type_is(run: Run):
    shown = " ".join(run("aggregate", "--help").out.split())

    assert all(f"{name}: {meaning}" in shown for name, meaning in KINDS.items())


def test_an_unknown_type_is_refused_with_those_there_are(run: Run):
    finished = run("aggregate", "votes.csv", "--type", "polygons")

    assert finished.status == 2
    assert "argument --type: invalid choice: 'polygons' (choose from 'choice', 'choices', " in finished.err
