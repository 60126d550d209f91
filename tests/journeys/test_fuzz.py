"""The running API against its own document, with inputs that the document allows and inputs that it
forbids.

The same inputs every time: new ones are tried by `python -m benchmarks.fuzz`.
"""

from pathlib import Path

from tests.journeys.fuzzing import FuzzedWorld, fuzz
from tests.journeys.site import Site
from tests.world import make_world

KEEPING, ENDING, LAST = "^(GET|POST|PUT|PATCH) ", "^DELETE .*/projects/{slug}/.|^DELETE .*/assignments", "^DELETE "
ROUNDS = [
    ("worker", 1, "examples,fuzzing", KEEPING),
    ("worker", 1, "fuzzing", ENDING),
    ("owner", 3, "examples,coverage,fuzzing", KEEPING),
    ("owner", 1, "fuzzing", ENDING),
    ("owner", 1, "fuzzing", LAST),  # after which there is no project
]


def test_the_api_does_what_its_document_says(site: Site, tmp_path: Path) -> None:
    world = make_world(site, "fuzz", FuzzedWorld)
    for role, examples, phases, operations in ROUNDS:
        found = fuzz(world, role, tmp_path, seed=1, examples=examples, phases=phases, operations=operations)
        assert found == "", found[-8000:]
    assert world.never_let_in == set()
