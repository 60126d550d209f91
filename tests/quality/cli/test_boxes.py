from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run

VOTES = "task,worker,x1,y1,x2,y2,label\nt1,a,0,0,10,10,cat\nt1,b,0,0,10,12,cat\nt2,a,,,,,\nt2,b,,,,,\n"
OF_BOXES = ("--type", "boxes")


@pytest.fixture(autouse=True)
def votes(folder: Path) -> None:
    (folder / "votes.csv").write_text(VOTES)


def test_a_task_without_boxes_has_a_row_with_empty_cells(run: Run):
    lines = run("aggregate", "votes.csv", *OF_BOXES).out.splitlines()

    assert lines[0] == "task,x1,y1,x2,y2,label,confidence"
    assert lines[1].startswith("t1,0.0,0.0,10.0,")
    assert lines[1].split(",")[5] == "cat"
    assert lines[2] == "t2,,,,,,"


def test_boxes_without_classes_have_labels_without(run: Run, folder: Path):
    votes = "task,worker,x1,y1,x2,y2\nt1,a,0,0,10,10\nt1,b,0,0,10,10\n"

    assert run("aggregate", "-", *OF_BOXES, stdin=votes.encode()).out.startswith(
        "task,x1,y1,x2,y2,confidence\nt1,0.0,0.0,10.0,10.0,"
    )


def test_known_boxes_are_certain_and_may_be_none(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,x1,y1,x2,y2,label\nt1,,,,,\nt2,1,2,3,4,dog\n")

    lines = run("aggregate", "votes.csv", *OF_BOXES, "--gold", "gold.csv").out.splitlines()

    assert lines[1:] == ["t1,,,,,,", "t2,1.0,2.0,3.0,4.0,dog,1.0"]


def test_boxes_are_right_from_an_overlap_on(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,x1,y1,x2,y2\n1,0,0,10,6\n2,0,0,1,1\n")
    (folder / "gold.csv").write_text("task,x1,y1,x2,y2\n1,0,0,10,10\n2,,,,\n")

    loose, strict = (
        run("evaluate", "labels.csv", "gold.csv", *OF_BOXES, "--overlap", overlap, "--json").json
        for overlap in ("0.6", "0.61")
    )

    assert (loose["precision"], loose["recall"], loose["boxes"], loose["true_boxes"]) == (0.5, 1.0, 2, 1)
    assert (strict["precision"], strict["recall"]) == (0.0, 0.0)


def test_classes_count_where_both_files_tell_them(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,x1,y1,x2,y2,label\n1,0,0,10,10,cat\n")
    (folder / "gold.csv").write_text("task,x1,y1,x2,y2,label\n1,0,0,10,10,dog\n")
    (folder / "plain.csv").write_text("task,x1,y1,x2,y2\n1,0,0,10,10\n")

    f1 = [run("evaluate", "labels.csv", gold, *OF_BOXES, "--json").json["f1"] for gold in ("gold.csv", "plain.csv")]

    assert f1 == [0, 1]


def test_surer_boxes_come_first_in_average_precision(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,x1,y1,x2,y2,confidence\n1,0,0,1,1,0.1\n1,0,0,10,10,0.9\n")
    (folder / "gold.csv").write_text("task,x1,y1,x2,y2\n1,0,0,10,10\n")

    assert run("evaluate", "labels.csv", "gold.csv", *OF_BOXES, "--json").json["mean_average_precision"] == 1


def test_who_drew_nothing_disagrees_with_who_drew(run: Run):
    votes = b"task,worker,x1,y1,x2,y2\n1,a,0,0,10,10\n1,b,,,,\n2,a,0,0,1,1\n2,b,0,0,1,1\n"

    assert run("agreement", "-", *OF_BOXES, "--json", stdin=votes).json["distance"]["value"] == 0.5


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("t3,a,0,0,ten,10,cat", "'ten' is not a number"),
        ("t3,a,0,0,inf,10,cat", "'inf' is not a number"),
        ("t3,a,0,0,,10,cat", "the x2 is empty, but not the whole row"),
        ("t3,a,10,0,5,10,cat", "x1 10 is not below x2 5"),
        ("t3,a,0,10,5,10,cat", "y1 10 is not below y2 10"),
        ("t3,a,0,0,5,10,", "the label is empty, but not on every row"),
        ("t3,,0,0,5,10,cat", "the worker is empty"),
    ],
)
def test_a_bad_box_names_its_line(run: Run, folder: Path, row: str, problem: str):
    (folder / "votes.csv").write_text(f"{VOTES}{row}\n")

    finished = run("aggregate", "votes.csv", *OF_BOXES, "--out", "labels.csv")

    assert (finished.status, finished.out, finished.err) == (2, "", f"votes.csv:6: {problem}\n")
    assert not (folder / "labels.csv").exists()


def test_known_boxes_need_the_classes_that_votes_have(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,x1,y1,x2,y2\nt1,0,0,1,1\n")

    finished = run("aggregate", "votes.csv", *OF_BOXES, "--gold", "gold.csv")

    assert (finished.status, finished.err) == (2, "gold.csv:2: the label is empty, but votes have one\n")


def test_empty_cells_may_be_null_or_left_out_of_an_object(run: Run):
    votes = b'{"task":"t1","worker":"a"}\n{"task":"t1","worker":"b","x1":null,"y1":null,"x2":null,"y2":null}\n'

    assert run("aggregate", "-", *OF_BOXES, "--format", "jsonl", stdin=votes).out.splitlines()[1] == "t1,,,,,"
