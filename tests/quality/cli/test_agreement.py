import pytest

from tests.quality.cli.conftest import Run

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
