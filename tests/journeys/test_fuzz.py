"""The running API against its own document, with inputs that the document allows and inputs that it forbids.

The same inputs every time: new ones are tried by `python -m benchmarks.fuzz`.
"""

from pathlib import Path

from tests.journeys.fuzzing import fuzz, make_world
from tests.journeys.site import Site

KEEPING, ENDING = "GET|POST|PUT|PATCH", "DELETE"
ROUNDS = [
    ("owner", 3, "examples,coverage,fuzzing", KEEPING),
    ("worker", 1, "examples,fuzzing", KEEPING),
    ("owner", 1, "fuzzing", ENDING),  # the last, after which there is no project
]


def test_the_api_does_what_its_document_says(site: Site, tmp_path: Path) -> None:
    world = make_world(site, "fuzz")
    for role, examples, phases, methods in ROUNDS:
        found = fuzz(world, role, tmp_path, seed=1, examples=examples, phases=phases, methods=methods)
        assert found == "", found[-8000:]
