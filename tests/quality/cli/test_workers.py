from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.quality.cli.conftest import Run
from tests.quality.cli.examples import read, write

LABELS = ("cat", "dog", "owl")


def crowd(seconds: bool = False) -> list[dict[str, Any]]:
    """Eight good workers; "constant" says cat, "guess" guesses, "cycle" goes round, "copy" repeats
    what "slip" says."""
    rng = np.random.default_rng(0)
    rows = []
    for task in range(60):
        truth = LABELS[rng.integers(3)]
        answers = {f"good{number}": truth if rng.random() < 0.9 else rng.choice(LABELS) for number in range(8)}
        answers |= {"constant": "cat", "guess": rng.choice(LABELS), "cycle": LABELS[task % 3]}
        answers["slip"] = answers["copy"] = truth if rng.random() < 0.6 else rng.choice(LABELS)
        for worker, label in answers.items():
            row: dict[str, Any] = {"task": f"t{task:02}", "worker": worker, "label": str(label), "truth": truth}
            if seconds:
                row["seconds"] = float(rng.lognormal(-1 if worker == "guess" else 2, 0.3))
            rows.append(row)
    return rows


def gold(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"task": task, "label": truth} for task, truth in {r["task"]: r["truth"] for r in rows}.items()]


@pytest.fixture(autouse=True)
def votes(folder: Path) -> None:
    write(folder / "votes.csv", crowd())
    write(folder / "timed.csv", crowd(seconds=True))
    write(folder / "gold.csv", gold(crowd())[:20])


def by_worker(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["worker"]: row for row in rows}


def test_each_kind_of_bot_is_told_by_its_own_column(run: Run):
    found = by_worker(run("workers", "timed.csv", "--json").json["workers"])

    def suspected(column: str) -> set[str]:
        return {worker for worker, row in found.items() if row[column] <= 0.05}

    assert suspected("constant_q") == {"constant"}
    assert suspected("pattern_q") >= {"cycle"}
    assert suspected("haste_q") == {"guess"}
    assert suspected("guessing_q") == {"constant", "guess", "cycle"}
    assert {worker: row["ring"] for worker, row in found.items() if row["ring"]} == {"copy": 1, "slip": 1}
    assert (found["copy"]["copying_partners"], found["good0"]["copying_partners"]) == (1, 0)


def test_good_workers_are_worth_more_than_guessers(run: Run):
    found = by_worker(run("workers", "votes.csv", "--json").json["workers"])

    for column in ("accuracy", "reliability", "quality"):
        assert found["good0"][column] > found["slip"][column] > found["guess"][column]


def test_known_answers_add_counts_and_a_verdict(run: Run, folder: Path):
    finished = run("workers", "votes.csv", "--gold", "gold.csv", "--out", "workers.csv")

    found = by_worker(read(folder / "workers.csv"))
    truth = {row["task"]: row["label"] for row in gold(crowd())[:20]}
    right = sum(row["worker"] == "cycle" and truth.get(row["task"]) == row["label"] for row in crowd())
    assert (finished.status, finished.out) == (0, "")
    assert (found["cycle"]["gold_right"], found["cycle"]["gold_seen"]) == (str(right), "20")
    assert (found["good0"]["gold_verdict"], found["cycle"]["gold_verdict"]) == ("reliable", "unreliable")


def test_nothing_is_said_before_twenty_known_answers_as_in_the_service(run: Run, folder: Path):
    votes = [
        f"t{n},{worker},{label}" for n in range(20) for worker, label in (("good", "x"), ("bad", "y"), ("few", "x"))
    ]
    votes = [row for row in votes if row != "t19,few,x"]
    (folder / "many.csv").write_text("\n".join(["task,worker,label", *votes, "t20,good,y"]) + "\n")
    (folder / "truth.csv").write_text("\n".join(["task,label", *(f"t{n},x" for n in range(20))]) + "\n")

    found = by_worker(run("workers", "many.csv", "--gold", "truth.csv", "--json").json["workers"])

    assert {worker: (row["gold_right"], row["gold_seen"], row["gold_verdict"]) for worker, row in found.items()} == {
        "good": (20, 20, "reliable"),
        "bad": (0, 20, "unreliable"),
        "few": (19, 19, "unknown"),
    }


def test_columns_of_gold_and_seconds_are_there_only_with_them(run: Run):
    header = run("workers", "votes.csv").out.splitlines()[0]

    assert header == (
        "worker,votes,accuracy,reliability,reliability_low,reliability_high,quality,"
        "guessing_q,constant_q,pattern_q,copying_partners,ring"
    )


@pytest.mark.parametrize("seconds", ["0", "-1", "fast", "nan"])
def test_a_time_that_is_none_names_its_line(run: Run, seconds: str):
    votes = f"task,worker,label,seconds\n1,a,x,2.5\n1,b,x,{seconds}\n"

    finished = run("workers", "-", stdin=votes.encode())

    assert (finished.status, finished.err) == (2, f"standard input:3: {seconds!r} is not a number above 0\n")


@pytest.mark.parametrize("votes", ["", "1,a,x\n", "1,a,x\n1,b,x\n", "1,a,x\n2,b,y\n"])
def test_few_votes_are_enough_for_a_row_a_worker(run: Run, votes: str):
    finished = run("workers", "-", stdin=f"task,worker,label\n{votes}".encode())

    assert finished.status == 0
    assert len(finished.out.splitlines()) == 1 + len({line.split(",")[1] for line in votes.splitlines()})


def test_the_table_and_the_json_cannot_share_standard_output(run: Run):
    finished = run("workers", "votes.csv", "--json", "--out", "-")

    assert (finished.status, finished.out) == (2, "")
    assert finished.err == "standard output: can hold one of the workers and their JSON only\n"


def test_an_unknown_method_is_refused(run: Run):
    finished = run("workers", "votes.csv", "--method", "best")

    assert finished.status == 2
    assert finished.err.startswith("argument --method: type choice has no method 'best' (choose from auto, majority, ")
