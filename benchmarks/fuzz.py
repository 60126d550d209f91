"""python -m benchmarks.fuzz: the API against its own document, with many new inputs each time, as
everybody.

What it finds is printed with the seed that finds it again. DATABASE_URL and REDIS_URL may name
servers to use; without them private ones are started.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests import servers
from tests.journeys.fuzzing import FuzzedWorld, fuzz
from tests.journeys.site import Site, environment
from tests.world import ROLES, make_world

RUNS = {"examples,coverage,fuzzing,stateful": "^(GET|POST|PUT|PATCH) ", "fuzzing": "^DELETE "}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--examples", type=int, default=100, help="for each operation, role and phase")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    servers.provide()
    quotas = {"CROWD_QUOTAS": "imports=0,refreshes=0,replays=0,exports=0,projects=0,reads=0"}
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder, "data"), environment("postgres") | {"CROWD_DEMO": "0"} | quotas).wait_until_announced()
        try:
            sys.exit(report(site, Path(folder), options.seed, options.examples, options.roles))
        finally:
            site.end()


def report(site: Site, folder: Path, seed: int, examples: int, roles: Sequence[str]) -> int:
    """Each role in a project of its own; how many runs found something."""
    bad = 0
    for role in roles:
        world = make_world(site, f"fuzz-{role}", FuzzedWorld)
        for phases, operations in RUNS.items():
            found = fuzz(world, role, folder, seed=seed, examples=examples, phases=phases, operations=operations)
            bad += bool(found)
            print(f"{role}, {operations}, seed {seed}: {'found' if found else 'nothing found'}\n{found}", flush=True)
    return bad


if __name__ == "__main__":
    main()
