import math
from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run

VOTES = b"task,worker,label\nt1,a,1\nt1,b,2\nt1,c,6\nt2,a,10\nt2,b,20\n"
HEADER = b"task,worker,label\n"


def test_labels_are_numbers_with_their_deviation(run: Run):
    lines = run("aggregate", "-", "--type", "number", "--method", "mean", stdin=VOTES).out.splitlines()

    assert lines[0] == "task,label,deviation"
    assert [line.rsplit(",", 1)[0] for line in lines[1:]] == ["t1,3.0", "t2,15.0"]


def test_median_is_the_one_in_the_middle(run: Run):
    finished = run("aggregate", "-", "--type", "number", "--method", "median", stdin=VOTES)

    assert [line.split(",")[1] for line in finished.out.splitlines()[1:]] == ["2.0", "15.0"]


def test_known_values_are_certain(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,label\nt2,12.5\n")

    finished = run("aggregate", "-", "--type", "number", "--gold", "gold.csv", stdin=VOTES)

    assert "t2,12.5,0.0" in finished.out.splitlines()


def test_errors_are_in_the_unit_of_the_numbers(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label\nt1,3\nt2,16\nt3,5\n")
    (folder / "gold.csv").write_text("task,label\nt1,4\nt2,12\nt9,1\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--type", "number", "--json").json

    assert summary == {"tasks": 2, "unlabelled": 1, "mae": 2.5, "rmse": pytest.approx(math.sqrt(8.5)), "bias": 1.5}


def test_agreement_depends_on_the_level(run: Run):
    alphas = {
        level: run("agreement", "-", "--type", "number", "--level", level, "--json", stdin=VOTES).json
        for level in ("ordinal", "interval", "ratio")
    }

    assert len({figures["krippendorff_alpha"]["value"] for figures in alphas.values()}) == 3
    assert run("agreement", "-", "--type", "number", "--json", stdin=VOTES).json == alphas["interval"]
    assert [("squared_distance" in figures) for figures in alphas.values()] == [False, True, True]


def test_alpha_of_two_pairs_is_that_of_the_formula(run: Run):
    votes = HEADER + b"1,a,1\n1,b,2\n2,a,3\n2,b,3\n"

    figures = run("agreement", "-", "--type", "number", "--json", stdin=votes).json

    # Observed: (1 + 1 + 0 + 0) / 4. By chance: all twelve ordered pairs of 1, 2, 3, 3, whose
    # squares sum to 22.
    assert figures["krippendorff_alpha"]["value"] == pytest.approx(1 - (2 / 4) / (22 / 12))


def test_ratios_are_not_to_be_had_of_numbers_below_zero(run: Run):
    finished = run("agreement", "-", "--type", "number", "--level", "ratio", stdin=HEADER + b"1,a,-1\n1,b,2\n")

    assert (finished.status, finished.err) == (2, "standard input:2: '-1' is below 0, where ratios mean nothing\n")


@pytest.mark.parametrize("cell", ["abc", "nan", "inf", "-1e101", "1_000", "1,5", "0x10"])
def test_what_is_no_number_names_its_line(run: Run, cell: str):
    finished = run("aggregate", "-", "--type", "number", stdin=VOTES + f't3,a,"{cell}"\n'.encode())

    assert (finished.status, finished.out) == (2, "")
    assert finished.err == f"standard input:7: {cell!r} is not a number\n"


def test_an_empty_cell_is_no_number(run: Run):
    finished = run("aggregate", "-", "--type", "number", stdin=VOTES + b"t3,a,\n")

    assert (finished.status, finished.err) == (2, "standard input:7: the label is empty\n")
