"""The running API against its own document, with inputs that the document allows and inputs that it forbids.

The same inputs every time: new ones are tried by `python -m benchmarks.fuzz`.
"""

from pathlib import Path

import pytest

from tests.journeys.fuzzing import World, fuzz, make_world
from tests.journeys.site import Site

KEEPING, ENDING = "GET|POST|PUT|PATCH", "DELETE"


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    return make_world(site, "fuzz")


@pytest.mark.parametrize(
    ("role", "examples", "phases", "methods"),
    [
        ("owner", 3, "examples,coverage,fuzzing", KEEPING),
        ("worker", 1, "examples,fuzzing", KEEPING),
        ("owner", 1, "fuzzing", ENDING),
    ],
)
def test_the_api_does_what_its_document_says(
    world: World, tmp_path: Path, role: str, examples: int, phases: str, methods: str
) -> None:
    found = fuzz(world, role, tmp_path, seed=1, examples=examples, phases=phases, methods=methods)
    assert found == "", found[-8000:]
