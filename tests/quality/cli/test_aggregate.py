import csv
import io
from pathlib import Path

import pytest

from quality.aggregation import METHODS
from tests.quality.cli.conftest import Run

VOTES = "task,worker,label\nt1,bob,yes\nt1,eve,yes\nt1,dan,no\nt2,bob,no\nt2,eve,no\n"


@pytest.fixture(autouse=True)
def votes(folder: Path) -> None:
    (folder / "votes.csv").write_text(VOTES)


def test_labels_go_to_standard_output_and_the_summary_stays_apart(run: Run):
    finished = run("aggregate", "votes.csv", "--method", "majority")

    assert finished.status == 0
    assert finished.out == "task,label,confidence\nt1,yes,0.6666666666666666\nt2,no,1.0\n"
    assert finished.err.startswith("majority: 2 tasks from 5 votes by 3 workers, 0 iterations")


def test_out_writes_a_file_and_leaves_standard_output_empty(run: Run, folder: Path):
    finished = run("aggregate", "votes.csv", "--method", "majority", "--out", "labels.csv")

    assert (finished.status, finished.out) == (0, "")
    assert (folder / "labels.csv").read_text().splitlines()[1] == "t1,yes,0.6666666666666666"
    assert sorted(path.name for path in folder.iterdir()) == ["labels.csv", "votes.csv"]


@pytest.mark.parametrize("method", METHODS)
def test_json_summary_takes_the_place_of_the_labels(run: Run, method: str):
    summary = run("aggregate", "votes.csv", "--method", method, "--json").json

    assert {key: summary[key] for key in ("tasks", "workers", "votes", "classes", "known", "converged")} == {
        "tasks": 2,
        "workers": 3,
        "votes": 5,
        "classes": ["no", "yes"],
        "known": 0,
        "converged": True,
    }
    assert (summary["log_likelihood"] is None) == (summary["iterations"] == 0)
    assert summary["seconds"] >= 0


def test_auto_says_what_it_chose_and_why(run: Run):
    summary = run("aggregate", "votes.csv", "--json").json

    assert summary["method"] == "majority"
    assert summary["reason"].endswith("telling workers apart takes 2 votes a worker")


def test_settings_reach_the_method(run: Run):
    options = ("--method", "dawid-skene", "--max-iter", "1", "--tol", "0", "--seed", "3")

    summary = run("aggregate", "votes.csv", *options, "--json").json

    assert (summary["iterations"], summary["converged"]) == (1, False)


def test_workers_file_has_a_row_a_worker(run: Run, folder: Path):
    run("aggregate", "votes.csv", "--method", "dawid-skene", "--workers", "workers.csv", "--out", "labels.csv")

    rows = list(csv.DictReader((folder / "workers.csv").open()))
    assert [(row["worker"], row["votes"]) for row in rows] == [("bob", "2"), ("dan", "1"), ("eve", "2")]
    reliability = {row["worker"]: float(row["reliability"]) for row in rows}
    assert reliability["bob"] == reliability["eve"] > reliability["dan"]
    assert all(float(row["reliability_low"]) < float(row["reliability_high"]) for row in rows)
    assert all(0 < float(row["accuracy"]) < 1 for row in rows)


def test_accuracy_is_empty_where_the_method_has_no_model_of_workers(run: Run, folder: Path):
    run("aggregate", "votes.csv", "--method", "majority", "--workers", "workers.csv", "--json")

    rows = list(csv.DictReader((folder / "workers.csv").open()))
    assert {row["accuracy"] for row in rows} == {""}


def test_votes_alone_on_a_task_say_nothing_about_their_worker(run: Run, folder: Path):
    (folder / "votes.csv").write_text("task,worker,label\nt1,bob,yes\nt2,bob,no\n")

    run("aggregate", "votes.csv", "--method", "majority", "--workers", "workers.csv", "--json")

    assert next(csv.DictReader((folder / "workers.csv").open()))["reliability"] == "0.5"


def test_known_answers_are_certain(run: Run, folder: Path):
    (folder / "gold.csv").write_text("label,task\nno,t1\n")

    finished = run("aggregate", "votes.csv", "--gold", "gold.csv", "--method", "dawid-skene")

    assert "t1,no,1.0" in finished.out.splitlines()


def test_known_answer_may_be_one_that_nobody_gave(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,label\nt1,maybe\n")

    finished = run("aggregate", "votes.csv", "--gold", "gold.csv")

    assert "t1,maybe,1.0" in finished.out.splitlines()


def test_known_answers_of_tasks_without_votes_are_left_out_with_a_note(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,label\nt1,no\nt9,no\n")

    finished = run("aggregate", "votes.csv", "--gold", "gold.csv", "--json")

    assert (finished.json["tasks"], finished.json["known"]) == (2, 1)
    assert finished.err == "gold.csv: 1 known answers are of tasks without votes, and left out\n"


def test_gold_that_shares_no_task_with_the_votes_is_refused(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,label\nt8,no\nt9,no\n")

    finished = run("aggregate", "votes.csv", "--gold", "gold.csv")

    assert (finished.status, finished.err) == (2, "gold.csv:2: task 't8' has no votes, nor has any other\n")


def test_standard_input_and_output_stand_for_files(run: Run):
    finished = run("aggregate", "-", "--method", "majority", "--out", "-", stdin=VOTES.encode())

    assert finished.out.startswith("task,label,confidence\nt1,yes,")


def test_order_of_rows_does_not_show(run: Run):
    header, *rows = VOTES.splitlines()
    backwards = "\n".join([header, *reversed(rows)]).encode()

    one, other = (run("aggregate", "-", "--method", "dawid-skene", stdin=text) for text in (VOTES.encode(), backwards))

    assert one.out == other.out


@pytest.mark.parametrize(
    "name", ['comma, "quote"', "two\nlines", "=SUM(A1)", " spaces ", "žluťoučký 🦜", "\r", "'", "1e5"]
)
def test_names_come_out_as_they_went_in(run: Run, folder: Path, name: str):
    text = io.StringIO()
    csv.writer(text).writerows([("task", "worker", "label"), (f"{name}x", "bob", f"{name}y")])

    finished = run("aggregate", "-", stdin=text.getvalue().encode())

    assert list(csv.reader(io.StringIO(finished.out, newline="")))[1] == [f"{name}x", f"{name}y", "1.0"]


def test_header_without_votes_gives_a_header_without_labels(run: Run):
    finished = run("aggregate", "-", stdin=b"task,worker,label\n")

    assert (finished.status, finished.out) == (0, "task,label,confidence\n")


def test_file_may_be_replaced_by_its_own_labels(run: Run, folder: Path):
    assert run("aggregate", "votes.csv", "--out", "votes.csv").status == 0
    assert (folder / "votes.csv").read_text().startswith("task,label,confidence\n")


def test_replaced_file_keeps_its_permissions_and_links_keep_their_target(run: Run, folder: Path):
    (folder / "real.csv").write_text("old")
    (folder / "real.csv").chmod(0o640)
    (folder / "link.csv").symlink_to("real.csv")

    run("aggregate", "votes.csv", "--out", "link.csv")

    assert (folder / "link.csv").is_symlink()
    assert (folder / "real.csv").read_text().startswith("task,label")
    assert (folder / "real.csv").stat().st_mode & 0o777 == 0o640


def test_nothing_is_written_if_one_of_two_files_cannot_be(run: Run, folder: Path):
    (folder / "labels.csv").write_text("old")

    finished = run("aggregate", "votes.csv", "--out", "labels.csv", "--workers", "missing/workers.csv")

    assert (finished.status, finished.err) == (2, "missing/workers.csv: no such file or directory\n")
    assert (folder / "labels.csv").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["labels.csv", "votes.csv"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--out", "."), ".: not a regular file"),
        (("--out", "-", "--json"), "standard output: can hold one of"),
        (("--workers", "-"), "standard output: can hold one of"),
        (("--out", "a.csv", "--workers", "a.csv"), "a.csv: can hold one of"),
    ],
)
def test_places_that_cannot_be_written_are_refused(run: Run, options: tuple[str, ...], message: str):
    finished = run("aggregate", "votes.csv", *options)

    assert (finished.status, finished.out) == (2, "")
    assert finished.err.startswith(message)


@pytest.mark.parametrize(
    "options",
    [("--method", "best"), ("--max-iter", "0"), ("--tol", "nan"), ("--tol", "-1"), ("--seed", "-1"), ("--seed", "x")],
)
def test_settings_that_make_no_sense_are_usage_errors(run: Run, options: tuple[str, str]):
    finished = run("aggregate", "votes.csv", *options)

    assert finished.status == 2
    assert f"argument {options[0]}" in finished.err
