from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run


@pytest.mark.parametrize(
    ("source", "out", "problem"),
    [
        ("missing.parquet", "labels", "missing.parquet"),
        ("votes.csv", "labels", "votes.csv"),
        ("votes.csv", ".", "out must be a new or empty folder"),
    ],
)
def test_what_cannot_be_read_or_written_is_refused(run: Run, folder: Path, source: str, out: str, problem: str):
    (folder / "votes.csv").write_text("task,worker,label\nt1,bob,yes\n")

    finished = run("distribute", source, "--out", out)

    assert finished.status == 2
    assert problem in finished.err
    assert len(finished.err.splitlines()) == 1
