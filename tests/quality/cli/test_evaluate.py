from pathlib import Path

import numpy as np
import pytest

from tests.quality.cli.conftest import Run


@pytest.fixture(autouse=True)
def gold(folder: Path) -> None:
    (folder / "gold.csv").write_text("task,label\nt1,yes\nt2,no\nt3,yes\nt9,yes\n")


def test_figures_over_tasks_in_both_files(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label,confidence\nt1,yes,0.8\nt2,no,0.9\nt3,no,0.6\nt4,no,1.0\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--json").json

    assert (summary["tasks"], summary["unlabelled"]) == (3, 1)
    assert summary["accuracy"] == pytest.approx(2 / 3)
    assert summary["precision"] == pytest.approx((1 + 1 / 2) / 2)
    assert summary["recall"] == pytest.approx((1 / 2 + 1) / 2)
    assert summary["f1"] == pytest.approx(2 / 3)
    assert summary["cross_entropy"] == pytest.approx(-np.log([0.8, 0.9, 0.4]).mean())
    assert summary["calibration_error"] == pytest.approx((0.2 + 0.1 + 0.6) / 3)
    assert summary["classes"]["yes"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}


def test_labels_without_confidence_have_no_figures_on_probabilities(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label\nt1,yes\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--json").json

    assert summary["accuracy"] == 1
    assert (summary["cross_entropy"], summary["calibration_error"]) == (None, None)


def test_figures_are_told_in_words_too(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label\nt1,yes\nt2,yes\n")

    finished = run("evaluate", "labels.csv", "gold.csv")

    lines = finished.out.splitlines()
    assert lines[0] == "accuracy           0.5000"
    assert lines[-1] == "on 2 tasks; 2 known answers have no label"


def test_labels_of_aggregate_are_what_evaluate_reads(run: Run, folder: Path):
    (folder / "votes.csv").write_text("task,worker,label\nt1,bob,yes\nt2,bob,no\nt3,bob,yes\n")
    run("aggregate", "votes.csv", "--out", "labels.csv")

    assert run("evaluate", "labels.csv", "gold.csv", "--json").json["accuracy"] == 1


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("task,label\nt1,yes\nt1,no\n", "labels.csv:3: task 't1' was on line 2 already"),
        ("task,label,confidence\nt1,yes,1.5\n", "labels.csv:2: confidence '1.5' is not a number from 0 to 1"),
        ("task,label,confidence\nt1,yes,high\n", "labels.csv:2: confidence 'high' is not a number from 0 to 1"),
        ("task,label,confidence\nt1,yes,nan\n", "labels.csv:2: confidence 'nan' is not a number from 0 to 1"),
        ("task,label\nt7,yes\n", "gold.csv: none of its 4 tasks has a label in labels.csv"),
    ],
)
def test_files_that_cannot_be_compared_are_refused(run: Run, folder: Path, labels: str, message: str):
    (folder / "labels.csv").write_text(labels)

    finished = run("evaluate", "labels.csv", "gold.csv", "--json")

    assert (finished.status, finished.out, finished.err) == (2, "", f"{message}\n")


def test_brier_score_and_reliability_are_told_of_confidences(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label,confidence\nt1,yes,0.8\nt2,no,0.9\nt3,no,0.6\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--json").json

    assert summary["brier_score"] == pytest.approx(2 * (0.2**2 + 0.1**2 + 0.6**2) / 3)
    assert [group["labels"] for group in summary["reliability"]] == [1, 1, 1]
    assert [group["accuracy"] for group in summary["reliability"]] == [0, 1, 1]
    assert summary["reliability"][0]["confidence"] == 0.6
    assert set(summary["reliability"][0]) == {
        *("low", "high", "labels", "confidence", "accuracy", "accuracy_low", "accuracy_high")
    }


def test_labels_without_confidence_have_no_reliability(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label\nt1,yes\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--json").json

    assert (summary["brier_score"], summary["reliability"]) == (None, None)


@pytest.mark.parametrize("overlap", ["0", "1.1", "nan", "half"])
def test_an_overlap_that_makes_no_sense_is_a_usage_error(run: Run, overlap: str):
    finished = run("evaluate", "labels.csv", "gold.csv", "--type", "boxes", "--overlap", overlap)

    assert finished.status == 2
    assert "argument --overlap" in finished.err
