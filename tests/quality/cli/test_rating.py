from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run

WORDS = b"task,worker,label\nt1,a,low\nt1,b,mid\nt1,c,high\nt2,a,mid\nt2,b,mid\n"
ORDER = ("--order", "low,mid,high")
NUMBERS = b"task,worker,label\nt1,a,9\nt1,b,10\nt1,c,2\nt2,a,9\nt2,b,9\n"


def test_numbers_are_in_the_order_of_numbers(run: Run):
    assert run("aggregate", "-", "--type", "rating", "--json", stdin=NUMBERS).json["classes"] == ["2", "9", "10"]


def test_words_are_in_the_order_that_is_given(run: Run):
    finished = run("aggregate", "-", "--type", "rating", *ORDER, "--method", "ordinal-median", stdin=WORDS)

    assert finished.out.splitlines()[1] == "t1,mid,0.3333333333333333"


def test_the_order_may_hold_classes_that_nobody_gave(run: Run):
    scale = ("--order", "1,2,9,10")

    assert run("aggregate", "-", "--type", "rating", *scale, "--json", stdin=NUMBERS).json["classes"][0] == "1"


def test_words_without_an_order_are_refused(run: Run):
    finished = run("aggregate", "-", "--type", "rating", stdin=WORDS)

    assert (finished.status, finished.out) == (2, "")
    assert finished.err == (
        "argument --order: needed, such as --order low,mid,high, since standard input:2: 'low' is not a number\n"
    )


def test_a_class_out_of_the_order_names_its_line(run: Run):
    finished = run("aggregate", "-", "--type", "rating", "--order", "low,high", stdin=WORDS)

    assert (finished.status, finished.err) == (2, "standard input:3: 'mid' is not in the order low,high\n")


@pytest.mark.parametrize("order", ["low,,high", "low,low", ""])
def test_an_order_has_different_names(run: Run, order: str):
    finished = run("aggregate", "-", "--type", "rating", "--order", order, stdin=WORDS)

    assert finished.status == 2
    assert "argument --order: an order is different names between commas" in finished.err


def test_numbers_may_be_spelt_in_different_ways(run: Run):
    votes = b"task,worker,label\nt1,a,3\nt1,b,3.0\nt1,c,03\n"

    assert run("aggregate", "-", "--type", "rating", stdin=votes).out.splitlines()[1] == "t1,3,1.0"


def test_distances_and_kappa_count_how_far_labels_are_off(run: Run, folder: Path):
    (folder / "labels.csv").write_text("task,label\n1,1\n2,2\n3,3\n4,1\n")
    (folder / "gold.csv").write_text("task,label\n1,1\n2,2\n3,3\n4,3\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--type", "rating", "--json").json

    assert (summary["accuracy"], summary["mean_distance"]) == (0.75, 0.5)
    # Squared distances: 4 / 4 observed; by chance the mean over all pairs of a label and a truth,
    # 26 / 16.
    assert summary["weighted_kappa"] == pytest.approx(1 - 1 / (26 / 16))


def test_agreement_counts_near_misses(run: Run):
    near, far = (f"task,worker,label\n1,a,1\n1,b,{other}\n2,a,5\n2,b,5\n3,a,4\n3,b,4\n".encode() for other in (2, 5))

    alphas = [
        run("agreement", "-", "--type", "rating", "--level", "interval", "--json", stdin=votes).json
        for votes in (near, far)
    ]

    assert alphas[0]["krippendorff_alpha"]["value"] > alphas[1]["krippendorff_alpha"]["value"]


def test_agreement_of_each_worker_goes_to_a_file(run: Run, folder: Path):
    run("agreement", "-", "--type", "rating", *ORDER, "--workers", "workers.csv", stdin=WORDS)

    assert (folder / "workers.csv").read_text().splitlines()[0].startswith("worker,answers,percent_agreement,")
