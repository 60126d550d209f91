"""Sets of classes through the service: how they come in, go out, and are believed."""

import csv
import io
import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from crowd.projects.models import Project
from quality.cli.main import main
from quality.kinds.choices.measures import chance, f1
from quality.kinds.choices.tables import ticked
from quality.models import Consensus, Summary, WorkerScore
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from tests.cast import Api
from tests.pages.conftest import Visit, visit

__all__ = ["visit"]

PETS = "/projects/pets"
SCHEMA = {"type": "choices", "classes": ["cat", "dog", "a|b", "[bird]"]}


@pytest.fixture
def project(alice: Api) -> Project:
    given = alice("POST", "/projects", {"slug": "pets", "name": "Pets", "schema": SCHEMA})
    assert given.status_code == 201, given.content
    return Project.objects.get()


def votes(alice: Api, rows: Any) -> Any:
    file = io.StringIO()
    csv.writer(file).writerows([["task", "worker", "answer"], *rows])
    return alice("POST", f"{PETS}/responses/import", file.getvalue(), content_type="text/csv")


def labels(alice: Api) -> dict[str, Any]:
    return {row["task"]: row for row in alice("GET", f"{PETS}/labels").json()["results"]}


def test_cells_hold_lists_or_names_joined_as_in_the_command_line(alice: Api, project: Project) -> None:
    cells = ["cat|dog", '["dog", "cat", "dog"]', "[]", "a|b", '["a|b", "[bird]"]', "[bird]"]
    assert votes(alice, [(f"t{n}", "w", cell) for n, cell in enumerate(cells)]).status_code == 201
    refresh_project(project.pk)
    wanted = [["cat", "dog"], ["cat", "dog"], [], ["a|b"], ["a|b", "[bird]"], ["[bird]"]]
    assert [labels(alice)[f"t{n}"]["label"] for n in range(len(cells))] == wanted


def test_an_empty_cell_is_no_answer(alice: Api, project: Project) -> None:
    reply = votes(alice, [("t0", "w", "cat"), ("t1", "w", "")])
    assert (reply.status_code, reply.json()["errors"][0]["line"]) == (400, 3)
    assert "[]" in reply.json()["errors"][0]["detail"]


def test_looked_and_nothing_there_is_a_label_and_unanswered_is_none(alice: Api, project: Project) -> None:
    alice("POST", f"{PETS}/tasks", {"tasks": [{"external_id": "unanswered", "data": {"text": "?"}}]})
    votes(alice, [("nothing", worker, "[]") for worker in "abc"])
    refresh_project(project.pk)
    nothing, unanswered = (labels(alice)[name] for name in ("nothing", "unanswered"))
    assert (nothing["label"], unanswered["label"], unanswered["confidence"]) == ([], None, None)
    assert 0.5 < nothing["confidence"] < 1
    assert nothing["distribution"].keys() == {"cat", "dog", "a|b", "[bird]"}


def test_each_class_has_a_probability_of_its_own(alice: Api, project: Project) -> None:
    votes(alice, [("t", worker, '["cat", "dog"]') for worker in "abc"] + [("u", worker, "[]") for worker in "abc"])
    refresh_project(project.pk)
    shares = labels(alice)["t"]["distribution"]
    assert shares["cat"] > 0.8
    assert shares["dog"] > 0.8
    assert labels(alice)["t"]["confidence"] <= shares["cat"] * shares["dog"] + 1e-6


def test_live_labels_are_those_of_a_fit(alice: Api, project: Project) -> None:
    rng = np.random.default_rng(0)
    names = np.array(["cat", "dog", "a|b", "[bird]"])
    truth = rng.random((60, 4)) < 0.3
    rows = [
        (f"t{task}", f"w{worker}", json.dumps(names[rng.random(4) < np.where(truth[task], 0.9, 0.05)].tolist()))
        for task in range(60)
        for worker in range(5)
    ]
    votes(alice, rows[:250])
    refresh_project(project.pk)
    votes(alice, rows[250:])
    keep_up(Project.objects.get())
    live = dict(Consensus.objects.values_list("task__external_id", "confidence"))
    before = dict(Consensus.objects.values_list("task__external_id", "label"))
    refresh_project(project.pk)
    after = Consensus.objects.values_list("task__external_id", "label", "confidence")
    assert sum(before[name] != label for name, label, _confidence in after) <= 1
    assert max(abs(live[name] - confidence) for name, _label, confidence in after) < 0.1


def test_what_is_kept_of_a_fit_is_small(alice: Api, project: Project) -> None:
    votes(alice, [(f"t{n}", worker, "cat|dog") for n in range(30) for worker in "abc"])
    refresh_project(project.pk)
    judge = Summary.objects.get().judge
    assert judge is not None
    assert len(bytes(judge)) < 8_000


def test_labels_go_into_the_command_line(alice: Api, project: Project, tmp_path: Any, capsys: Any) -> None:
    votes(alice, [("t", worker, '["a|b", "cat"]') for worker in "abc"] + [("u", worker, "[]") for worker in "abc"])
    refresh_project(project.pk)
    file = tmp_path / "labels.csv"
    file.write_bytes(alice("GET", f"{PETS}/labels.csv").getvalue())
    assert main(["evaluate", str(file), str(file), "--type", "choices", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["subset_accuracy"] == 1.0


@pytest.mark.parametrize(
    ("cell", "names"),
    [("cat|dog", {"cat", "dog"}), ('["cat|dog"]', {"cat|dog"}), ("", set()), ("[]", set()), ("[x", {"[x"})],
)
def test_the_command_line_reads_both_forms(cell: str, names: set[str]) -> None:
    assert ticked(cell) == names


def test_the_score_is_the_f1_of_the_set() -> None:
    assert [f1([], []), f1([1], []), f1([1, 2], [2, 3]), f1([1, 2], [1, 2, 3])] == [1.0, 0.0, 0.5, 0.8]


@pytest.mark.parametrize(("n", "least"), [(4, 0), (4, 1), (5, 2), (9, 5)])
def test_chance_is_that_of_who_guesses_sets_of_the_smallest_sizes(n: int, least: int) -> None:
    sets = [each for size in {least, max(least, 1)} for each in combinations(range(n), size)]
    right = [f1(one, other) >= 0.8 for one in sets for other in sets]
    assert chance(n, least) == pytest.approx(np.mean(right))


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_very_many_classes_are_searched_in_a_list(alice: Api, visit: Visit, kind: str) -> None:
    names = [f"class {n}" for n in range(40)]
    alice("POST", "/projects", {"slug": "many", "name": "Many", "schema": {"type": kind, "classes": names}})
    page = visit(alice).get("/projects/many/work").content.decode()
    assert ('role="combobox"' in page, "class 39" in page) == (True, True)
    letters = [{"name": chr(code), "key": chr(code)} for code in range(ord("a"), ord("z") + 1)]
    alice("POST", "/projects", {"slug": "letters", "name": "L", "schema": {"type": kind, "classes": letters}})
    assert 'role="combobox"' not in visit(alice).get("/projects/letters/work").content.decode()


def test_copied_sets_and_one_set_for_everything_are_told(alice: Api, project: Project, visit: Visit) -> None:
    """Honest workers who slip are not; whoever copies their slips, or never looks, is."""
    rng = np.random.default_rng(1)
    names = np.array(SCHEMA["classes"])

    def given(task: int, hit: float) -> str:
        return json.dumps(names[rng.random(4) < np.where(truth[task], hit, 1 - hit)].tolist())

    truth = rng.random((80, 4)) < 0.4
    rows = [(f"t{task}", f"honest{worker}", given(task, 0.92)) for task in range(80) for worker in range(5)]
    sloppy = [given(task, 0.6) for task in range(80)]
    rows += [(f"t{task}", name, sloppy[task]) for task in range(80) for name in ("sloppy", "copier")]
    rows += [(f"t{task}", "lazy", '["dog"]') for task in range(80)]
    votes(alice, rows)
    refresh_project(project.pk)
    flags = dict(WorkerScore.objects.values_list("worker__name", "flags"))
    assert {name for name, found in flags.items() if "copying" in found} == {"sloppy", "copier"}
    assert {name for name, found in flags.items() if "constant" in found} == {"lazy"}
    assert not any(flags[f"honest{worker}"] for worker in range(5))
    assert visit(alice).get(f"{PETS}/workers").status_code == 200
