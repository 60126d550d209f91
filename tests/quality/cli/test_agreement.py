from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run
from tests.quality.cli.examples import read

VOTES = b"task,worker,label\n1,a,x\n1,b,x\n2,a,y\n2,b,y\n3,a,x\n3,b,y\n"


def test_json_has_the_four_measures_with_intervals_and_counts(run: Run):
    summary = run("agreement", "-", "--json", stdin=VOTES).json

    assert summary["percent_agreement"]["value"] == 2 / 3
    assert summary["krippendorff_alpha"]["value"] == pytest.approx(1 - 5 * 2 / (6**2 - 3**2 - 3**2))
    for name in ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement"):
        assert summary[name]["low"] <= summary[name]["value"] <= summary[name]["high"]
    assert {key: summary[key] for key in ("tasks", "paired_tasks", "answers", "workers", "classes")} == {
        "tasks": 3,
        "paired_tasks": 3,
        "answers": 6,
        "workers": 2,
        "classes": 2,
    }


def test_undefined_measures_are_null(run: Run):
    summary = run("agreement", "-", "--json", stdin=b"task,worker,label\n1,a,x\n").json

    assert summary["krippendorff_alpha"] == {"value": None, "low": None, "high": None}


def test_figures_are_told_in_words_too(run: Run):
    lines = run("agreement", "-", stdin=VOTES).out.splitlines()

    assert lines[0].startswith("krippendorff alpha   0.444  (")
    assert lines[-1] == "6 answers by 2 workers on 3 tasks"


def test_the_same_seed_gives_the_same_intervals(run: Run):
    one, again = (run("agreement", "-", "--json", "--seed", "5", stdin=VOTES).out for _ in range(2))

    assert one == again


def test_each_class_has_its_own_figures(run: Run):
    by_class = run("agreement", "-", "--json", stdin=VOTES + b"4,a,z\n4,b,z\n").json["by_class"]

    assert list(by_class) == ["x", "y", "z"]
    assert by_class["z"]["krippendorff_alpha"]["value"] == 1
    assert by_class["x"]["percent_agreement"]["value"] == by_class["y"]["percent_agreement"]["value"] == 3 / 4


def test_workers_file_has_each_workers_agreement_with_the_others(run: Run, folder: Path):
    finished = run("agreement", "-", "--workers", "workers.csv", stdin=VOTES + b"9,c,x\n")

    rows = {row["worker"]: row for row in read(folder / "workers.csv")}
    assert finished.out.startswith("krippendorff alpha")
    assert (rows["a"]["answers"], float(rows["a"]["percent_agreement"])) == ("3", 2 / 3)
    # a gives x twice in three, b once, so that by chance they agree on 2/3 · 1/3 + 1/3 · 2/3
    assert float(rows["b"]["kappa"]) == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    assert (rows["c"]["answers"], rows["c"]["kappa"]) == ("0", "")


def test_workers_cannot_go_where_the_figures_go(run: Run):
    finished = run("agreement", "-", "--workers", "-", stdin=VOTES)

    assert (finished.status, finished.out) == (2, "")
    assert finished.err.startswith("argument --workers: must be a file")


def test_agreement_of_each_worker_is_refused_where_it_is_not_to_be_had(run: Run):
    finished = run("agreement", "-", "--type", "text", "--workers", "workers.csv", stdin=VOTES)

    assert finished.err == "argument --workers: agreement of each worker is not to be had for type text\n"
