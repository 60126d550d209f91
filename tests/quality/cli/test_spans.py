from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run

VOTES = "task,worker,start,end\nt1,a,3,8\nt1,b,3,8\nt1,c,3,7\nt2,a,,\n"
OF_SPANS = ("--type", "spans")


def test_places_that_enough_workers_mark_are_the_label(run: Run):
    lines = run("aggregate", "-", *OF_SPANS, stdin=VOTES.encode()).out.splitlines()

    assert lines[0] == "task,start,end,confidence"
    assert lines[1].startswith("t1,3,8,0.95")
    assert lines[2] == "t2,,,"


def test_whole_spans_and_characters_are_scored(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,start,end,label\n1,0,4,name\n1,10,14,name\n2,,,\n")
    (folder / "gold.csv").write_text("task,start,end,label\n1,0,4,name\n1,10,18,name\n2,,,\n")

    summary = run("evaluate", "labels.csv", "gold.csv", *OF_SPANS, "--json").json

    assert (summary["tasks"], summary["spans"], summary["true_spans"]) == (2, 2, 2)
    assert (summary["precision"], summary["recall"], summary["f1"]) == (0.5, 0.5, 0.5)
    assert (summary["character_precision"], summary["character_recall"]) == (1.0, 8 / 12)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("t3,a,1.5,3", "'1.5' is not a whole number from 0 to 2147483647"),
        ("t3,a,-1,3", "'-1' is not a whole number from 0 to 2147483647"),
        ("t3,a,3,2147483648", "'2147483648' is not a whole number from 0 to 2147483647"),
        ("t3,a,3,3", "start 3 is not below end 3"),
        ("t3,a,3,", "the end is empty, but not the whole row"),
    ],
)
def test_a_bad_span_names_its_line(run: Run, row: str, problem: str):
    finished = run("aggregate", "-", *OF_SPANS, stdin=f"{VOTES}{row}\n".encode())

    assert (finished.status, finished.err) == (2, f"standard input:6: {problem}\n")
