"""Pages that need no server say what is true: their blocks run, in order, and print what the page
says."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "tests" / "docs" / "page.py"

PAGES = {"docs/library.md": 19, "docs/aggregation.md": 4, "docs/command-line.md": 1}
"""Pages that need no server, and how many blocks each has."""

VOTES = """task,worker,label
t1,ann,cat
t1,ben,cat
t1,cem,dog
t2,ann,dog
t2,ben,dog
t2,cem,dog
t3,ann,cat
t3,ben,cat
t3,cem,cat
"""
GOLD = "task,label\nt1,cat\nt2,dog\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader of the pages has the files that they name."""
    (tmp_path / "votes.csv").write_text(VOTES)
    (tmp_path / "ratings.csv").write_text(VOTES.replace("cat", "1").replace("dog", "2"))
    (tmp_path / "gold.csv").write_text(GOLD)
    header, *rows = [line.split(",") for line in VOTES.splitlines()]
    columns = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), tmp_path / "votes.parquet")
    return tmp_path


def read(page: Path, folder: Path, python: str = sys.executable) -> int:
    """Have a page run in an environment, and return how many of its blocks did."""
    path = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [python, RUNNER, page], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize(("page", "blocks"), PAGES.items())
def test_every_block_of_the_page_runs(page: str, blocks: int, folder: Path) -> None:
    assert read(ROOT / page, folder) == blocks


def test_a_block_that_fails_or_says_something_else_is_told_with_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    faults = {
        "```python\n1 / 0\n```\n": ", line 4, in",
        "```python\nprint(1)\n```\n\n```text\n2\n```\n": "page.md:8: this was printed:\n1",
        "```\necho out\nfalse\n```\n": "page.md:4: exit status 1\nout",
    }

    for text, fault in faults.items():
        page.write_text(f"# Page\n\n{text}")
        done = subprocess.run([sys.executable, RUNNER, page], capture_output=True, text=True, check=False)
        assert fault in done.stderr


def test_benchmarks_that_pages_name_are_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {
        word for page in pages for word in page.read_text().replace("`", " ").split() if word.startswith("benchmarks.")
    }

    modules = {name.rstrip(".,:;)") for name in named if name.rstrip(".,:;)") != "benchmarks.md"}
    missing = [
        name
        for name in modules
        if "md" not in name.split(".")[1]
        and not any((ROOT / name.replace(".", "/")).with_suffix(end).exists() for end in (".py", ""))
    ]
    assert missing == []
