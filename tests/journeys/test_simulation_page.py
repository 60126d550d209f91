"""What the page of simulated crowds tells to type works as it stands, in its order, and says what
the page promises."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crowd import paths
from tests.docs.shown import block
from tests.journeys.reader import typed, watched
from tests.journeys.site import Site

BIRDS = {"slug": "birds", "name": "Birds", "schema": {"type": "choice", "classes": ["yes", "no"]}}
TRUTH = {f"t{number}": ("yes", "no")[number % 2] for number in range(12)}
EIGHT = ["biased-1", "expert-1", "good-1", "good-2", "good-3", "sloppy-1", "sloppy-2", "spammer-1"]
ENDS = ("majority vote on the same answers", "answers a task", "honest workers")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "script").symlink_to(paths.ROOT / "script")
    (tmp_path / "truth.csv").write_text(
        "".join(f"{task},{label}\n" for task, label in {"task": "label", **TRUTH}.items())
    )
    return tmp_path


@pytest.fixture
def demo(start_site: Callable[..., Site]) -> Site:
    return start_site(CROWD_DEMO="1").wait_until_announced()


def commands() -> list[str]:
    return block("docs/simulation.md", "./script/manage simulate").splitlines()


def answers_of(said: str) -> dict[str, int]:
    """By worker, from the table that ends the command."""
    return {name: int(count) for name, count in re.findall(r"^([a-z]+-\d+)\S* +(\d+) ", said, re.MULTILINE)}


def test_a_reader_watches_the_demo_and_then_has_a_project_labelled(demo: Site, folder: Path) -> None:
    first, _, other = commands()
    key, owner = demo.keys("alice@example.com", "owner@demo.example")
    demo.call("POST", "/projects", key, BIRDS)
    tasks = [{"external_id": task, "data": {"text": task}} for task in TRUTH]
    made = demo.call(
        "POST", "/projects/birds/tasks", key, {"tasks": [*tasks[1:], {**tasks[0], "gold": {"answer": TRUTH["t0"]}}]}
    )
    assert made.status == 201, made.body

    said = watched(first, folder, demo.variables, until=lambda lines: sum("answers, " in each for each in lines) == 2)
    own = typed(other, folder, demo.variables)

    assert first.partition("#")[0].strip() == block("README.md", "./script/manage simulate")
    assert said[0].startswith("8 workers answer digits at ")
    assert said[-1] == "CommandError: Stopped. What was answered stays."
    assert not any("Traceback" in line for line in said)
    assert demo.call("GET", "/projects/digits/agreement", owner).body["counts"]["responses"] > 0
    assert [words for words in ENDS if words not in own] == [], own
    assert sorted(answers_of(own)) == EIGHT
    assert "Of 11 labels" in own  # gold is no label


def test_a_reader_has_the_demo_poisoned_instead(demo: Site, folder: Path) -> None:
    said = typed(commands()[1], folder, demo.variables)

    workers = answers_of(said)
    assert sorted(workers) == sorted([*(f"good-{n}" for n in range(1, 9)), "poisoner-1", "poisoner-2"])
    assert [words for words in ENDS if words not in said] == [], said
    assert "Of 2 dishonest workers, " in said
