from pathlib import Path

import pytest

from tests.quality.cli.conftest import Run

HEADER = "left,right,worker,label\n"
VOTES = f"{HEADER}x,y,a,left\nx,y,b,left\ny,z,a,left\ny,z,b,equal\nx,z,a,left\n"
OF_PAIRS = ("--type", "pairwise")


def ranking(run: Run, votes: str, *options: str) -> list[str]:
    lines = run("aggregate", "-", *OF_PAIRS, *options, stdin=votes.encode()).out.splitlines()
    return [line.split(",")[0] for line in lines[1:]]


def test_items_are_listed_from_the_best(run: Run):
    lines = run("aggregate", "-", *OF_PAIRS, stdin=VOTES.encode()).out.splitlines()

    assert lines[0] == "item,score,deviation,rank"
    assert [line.split(",")[0] for line in lines[1:]] == ["x", "y", "z"]
    assert [line.split(",")[3] for line in lines[1:]] == ["1.0", "2.0", "3.0"]


def test_the_winner_may_be_named_and_sides_may_change(run: Run):
    named = f"{HEADER}x,y,a,x\ny,x,b,x\nz,y,a,right\nz,y,b,equal\nz,x,a,x\n"

    one, other = (run("aggregate", "-", *OF_PAIRS, stdin=votes.encode()).out for votes in (VOTES, named))

    assert one == other


def test_known_answers_of_either_side_decide_a_pair(run: Run, folder: Path):
    (folder / "gold.csv").write_text("left,right,label\nz,x,left\n")

    finished = run("aggregate", "-", *OF_PAIRS, "--gold", "gold.csv", "--json", stdin=VOTES.encode())

    assert (finished.json["tasks"], finished.json["known"]) == (3, 1)


def test_known_answers_of_pairs_without_votes_are_left_out_with_a_note(run: Run, folder: Path):
    (folder / "gold.csv").write_text("left,right,label\nx,y,x\nx,q,q\n")

    finished = run("aggregate", "-", *OF_PAIRS, "--gold", "gold.csv", "--json", stdin=VOTES.encode())

    assert finished.json["known"] == 1
    assert finished.err == "gold.csv: 1 known answers are of pairs without votes, and left out\n"


def test_correlations_are_of_the_items_in_both_files(run: Run, folder: Path):
    (folder / "labels.csv").write_text("item,score\nx,3\ny,2\nz,1\nw,9\n")
    (folder / "gold.csv").write_text("item,score\nx,5\ny,1\nz,2\nq,0\n")

    summary = run("evaluate", "labels.csv", "gold.csv", *OF_PAIRS, "--json").json

    assert (summary["items"], summary["unlabelled"]) == (3, 1)
    assert summary["spearman"] == pytest.approx(0.5)
    assert summary["kendall"] == pytest.approx(1 / 3)


def test_votes_on_both_sides_of_a_pair_are_compared(run: Run):
    votes = f"{HEADER}x,y,a,left\ny,x,b,right\nx,z,a,left\nx,z,b,right\n"

    assert run("agreement", "-", *OF_PAIRS, "--json", stdin=votes.encode()).json["percent_agreement"]["value"] == 0.5


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("x,x,a,left", "'x' is compared with itself"),
        ("x,y,a,z", "'z' is neither left, right, equal nor one of the two items"),
        ("x,,a,left", "the right is empty"),
    ],
)
def test_a_bad_comparison_names_its_line(run: Run, row: str, problem: str):
    finished = run("aggregate", "-", *OF_PAIRS, stdin=f"{VOTES}{row}\n".encode())

    assert (finished.status, finished.err) == (2, f"standard input:7: {problem}\n")


def test_a_pair_that_is_known_twice_is_refused(run: Run, folder: Path):
    (folder / "gold.csv").write_text("left,right,label\nx,y,x\ny,x,x\n")

    finished = run("aggregate", "-", *OF_PAIRS, "--gold", "gold.csv", stdin=VOTES.encode())

    assert (finished.status, finished.err) == (2, "gold.csv:3: this pair was on a line before\n")
