"""What holds for every kind of answer, whatever it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from quality.kinds import KINDS, load
from tests.quality.cli.conftest import Run
from tests.quality.cli.examples import EXAMPLES, FORMATS, Example, read, write

pytestmark = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def example(kind: str, folder: Path) -> Example:
    for form in FORMATS:
        write(folder / f"votes.{form}", EXAMPLES[kind].votes)
        write(folder / f"known.{form}", EXAMPLES[kind].known)
        write(folder / f"truth.{form}", EXAMPLES[kind].truth)
    return EXAMPLES[kind]


@pytest.mark.parametrize("form", FORMATS)
def test_labels_of_aggregate_are_what_evaluate_reads(run: Run, example: Example, kind: str, form: str):
    of_kind = ("--type", kind)

    fitted = run("aggregate", f"votes.{form}", *of_kind, "--gold", f"known.{form}", "--out", f"labels.{form}")
    summary = run("evaluate", f"labels.{form}", f"truth.{form}", *of_kind, "--json").json

    assert (fitted.status, fitted.out) == (0, "")
    assert {name: summary[name] for name in example.perfect} == pytest.approx(example.perfect)
    assert summary["unlabelled"] == 0


def test_votes_in_every_format_give_the_same_labels(run: Run, example: Example, kind: str):
    labels = {run("aggregate", f"votes.{form}", "--type", kind).out for form in FORMATS}

    assert len(labels) == 1


def test_labels_in_every_format_say_the_same(run: Run, folder: Path, example: Example, kind: str):
    for form in FORMATS:
        run("aggregate", "votes.csv", "--type", kind, "--out", f"labels.{form}")

    text, objects, columns = (read(folder / f"labels.{form}") for form in FORMATS)
    assert objects == columns
    assert [[as_text(cell) for cell in row.values()] for row in objects] == [list(row.values()) for row in text]


def as_text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def test_order_of_rows_does_not_show(run: Run, folder: Path, example: Example, kind: str):
    write(folder / "backwards.csv", example.votes[::-1])

    one, other = (run("aggregate", votes, "--type", kind).out for votes in ("votes.csv", "backwards.csv"))

    assert one == other


@pytest.mark.parametrize("command", ["aggregate", "agreement"])
def test_header_without_votes_gives_no_labels_and_no_agreement(
    run: Run, folder: Path, example: Example, kind: str, command: str
):
    header = (folder / "votes.csv").read_text().splitlines()[0]

    finished = run(command, "-", "--type", kind, stdin=f"{header}\n".encode())

    assert finished.status == 0
    assert len(finished.out.splitlines()) == 1 or finished.out.endswith("0 answers by 0 workers on 0 tasks\n")


def test_summary_counts_votes_workers_and_known_answers(run: Run, example: Example, kind: str):
    summary = run("aggregate", "votes.csv", "--type", kind, "--gold", "known.csv", "--json").json

    assert summary["method"] in load(kind).methods
    assert (summary["workers"], summary["known"]) == (3, len({row.get("task") for row in example.known}))
    assert summary["votes"] == 3 * summary["tasks"]


def test_every_method_can_be_asked_for(run: Run, example: Example, kind: str):
    for method in load(kind).methods:
        assert run("aggregate", "votes.csv", "--type", kind, "--method", method, "--json").status == 0


def test_workers_have_a_row_each_where_methods_tell_them_apart(run: Run, folder: Path, example: Example, kind: str):
    finished = run("aggregate", "votes.csv", "--type", kind, "--json", "--workers", "workers.csv")

    if example.workers:
        rows = read(folder / "workers.csv")
        assert [row["worker"] for row in rows] == ["a", "b", "c"]
        assert list(rows[0]) == ["worker", "votes", *example.workers]
    else:
        assert finished.err == f"argument --workers: methods of type {kind} take all workers for equally good\n"
        assert finished.status == 2


def test_workers_who_agree_have_full_agreement(run: Run, example: Example, kind: str):
    figures = run("agreement", "votes.csv", "--type", kind, "--json").json

    assert figures["krippendorff_alpha"]["value"] == 1
    assert (figures["workers"], figures["answers"]) == (3, 3 * figures["tasks"])
    assert run("agreement", "votes.csv", "--type", kind).out.startswith(
        "krippendorff alpha   1.000  (1.000 to 1.000)\n"
    )


def test_a_setting_that_means_nothing_is_refused(run: Run, example: Example, kind: str):
    finished = run("agreement", "votes.csv", "--type", kind, *example.setting)

    assert finished.status == 2
    assert finished.err == f"argument {example.setting[0]}: means nothing for type {kind}\n"


def test_known_answers_of_nothing_voted_on_are_refused(run: Run, folder: Path, example: Example, kind: str):
    write(folder / "elsewhere.csv", renamed(example.known))

    finished = run("aggregate", "votes.csv", "--type", kind, "--gold", "elsewhere.csv", "--out", "labels.csv")

    assert finished.status == 2
    assert finished.err.startswith("elsewhere.csv:2: ")
    assert finished.err.endswith("nor has any other\n")
    assert not (folder / "labels.csv").exists()


def renamed(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{**row, **{name: f"{row[name]}?" for name in ("task", "left") if name in row}} for row in rows]


def test_truth_of_other_tasks_cannot_be_compared(run: Run, folder: Path, example: Example, kind: str):
    write(folder / "elsewhere.csv", [{**row, next(iter(row)): "other"} for row in example.truth[:1]])

    finished = run("evaluate", "truth.csv", "elsewhere.csv", "--type", kind)

    assert (finished.status, finished.out) == (2, "")
    assert finished.err.startswith("elsewhere.csv: none of its 1 ")


def test_a_worker_without_a_name_is_refused(run: Run, folder: Path, example: Example, kind: str):
    write(folder / "votes.csv", [*example.votes, {**example.votes[0], "worker": " "}])

    finished = run("aggregate", "votes.csv", "--type", kind)

    assert (finished.status, finished.err) == (2, f"votes.csv:{len(example.votes) + 2}: the worker is empty\n")


def test_every_kind_has_an_example(kind: str):
    assert set(EXAMPLES) == set(KINDS)
