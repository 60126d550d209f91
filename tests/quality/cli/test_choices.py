from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run

VOTES = b"task,worker,label\nt1,a,x|y\nt1,b,x\nt1,c,y|x\nt2,a,\nt2,b,\nt2,c,z\n"


def test_labels_are_names_joined_in_order_and_may_be_none(run: Run):
    options = ("--type", "choices", "--method", "vote-share")

    lines = run("aggregate", "-", *options, stdin=VOTES.replace(b"t2,c,z", b"t2,c,")).out.splitlines()

    assert [line.rsplit(",", 1)[0] for line in lines] == ["task,label", "t1,x|y", "t2,"]


def test_known_sets_are_certain(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,label\nt1,z\nt2,\n")

    lines = run("aggregate", "-", "--type", "choices", "--gold", "gold.csv", stdin=VOTES).out.splitlines()

    assert lines[1:] == ["t1,z,1.0", "t2,,1.0"]


def test_figures_of_each_class_and_of_all(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label\n1,x|y\n2,x\n3,\n")
    (folder / "gold.csv").write_text("task,label\n1,x|y\n2,y\n3,\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--type", "choices", "--json").json

    assert summary["subset_accuracy"] == pytest.approx(2 / 3)
    assert summary["classes"]["x"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)}
    assert summary["classes"]["y"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}
    assert (summary["f1"], summary["micro_f1"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))


@pytest.mark.parametrize(("distance", "apart"), [("jaccard", 1 / 2), ("masi", 1 - 1 / 2 * 2 / 3)])
def test_sets_are_apart_by_the_distance_asked_for(run: Run, distance: str, apart: float):
    votes = b"task,worker,label\n1,a,x|y\n1,b,x\n"

    figures = run("agreement", "-", "--type", "choices", "--distance", distance, "--json", stdin=votes).json

    assert figures["measure"] == distance
    assert figures["distance"]["value"] == pytest.approx(apart)


@pytest.mark.parametrize("cell", ["x||y", "|", "x|", "x| "])
def test_a_class_without_a_name_names_its_line(run: Run, cell: str):
    finished = run("aggregate", "-", "--type", "choices", stdin=VOTES + f"t3,a,{cell}\n".encode())

    assert (finished.status, finished.err) == (2, f"standard input:8: {cell!r} has a class without a name\n")
