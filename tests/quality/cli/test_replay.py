import csv
from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run
from tests.quality.datasets import votes_file


@pytest.fixture
def votes(folder: Path) -> str:
    """Six workers: all agree on t1, and are split over t2."""
    rows = [f"t1,w{number},yes" for number in range(6)] + [f"t2,w{number},{'yn'[number % 2]}" for number in range(6)]
    (folder / "votes.csv").write_text("\n".join(["task,worker,label", *rows, ""]))
    return "votes.csv"


def test_agreed_tasks_stop_early_and_split_ones_go_on(run: Run, folder: Path, votes: str):
    options = ("--method", "majority", "--target", "0.9", "--least", "3", "--most", "5", "--out", "tasks.csv", "--json")

    summary = run("replay", votes, *options).json

    rows = {row["task"]: row for row in csv.DictReader((folder / "tasks.csv").open())}
    assert (rows["t1"]["votes"], rows["t1"]["label"]) == ("3", "yes")
    assert (rows["t2"]["votes"], summary["disputed"]) == ("5", 1)
    assert {key: summary[key] for key in ("tasks", "recorded", "used", "accuracy")} == {
        "tasks": 2,
        "recorded": 12,
        "used": 8,
        "accuracy": None,
    }


def test_what_was_saved_and_lost_is_told_in_words(run: Run):
    folder = votes_file("temporal").parent

    finished = run("replay", folder / "labels.csv", "--gold", folder / "gold.csv")

    saved, lost = finished.out.splitlines()
    assert saved.startswith("462 tasks would have cost 21")
    assert "instead of 4620" in saved
    assert lost.endswith("points against all votes")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--least", "4", "--most", "3"), "argument --least: votes on a task go from 1 upwards, got least=4, most=3\n"),
        (("--method", "mean"), "argument --method: type choice has no method 'mean' (choose from auto, "),
        (("--target", "1.5"), "argument --target: above 0 and at most 1, got 1.5\n"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(run: Run, votes: str, options: tuple[str, ...], message: str):
    finished = run("replay", votes, *options)

    assert finished.status == 2
    assert message in finished.err
