"""python -m benchmarks.observer: a worker who tries to tell gold from work, in hundreds of pairs of
worlds.

Each pair differs only in which tasks are gold, and gets one random script of requests
(tests/properties/observer.py). DATABASE_URL may name a database to use; without it a private
PostgreSQL is started.
"""

import argparse
import logging
import time

from django.db import connection
from django.test.utils import setup_test_environment

from benchmarks.scratch import scratch_database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()
    with scratch_database():
        setup_test_environment()
        logging.disable()  # every refusal would be told
        observe(options.runs, options.steps)


def observe(runs: int, steps: int) -> None:
    from tests.properties.observer import PAIRS  # noqa: PLC0415 (needs the models)
    from tests.properties.test_observer import differences  # noqa: PLC0415

    for way in PAIRS:
        started, told = time.perf_counter(), 0
        for seed in range(runs // len(PAIRS)):
            if found := differences(way, seed, steps):
                told += 1
                print(
                    f"{way} {seed}: {len(found)} replies differ, the first of them:\n  {found[0][0]}\n  {found[0][1]}"
                )
        seconds = time.perf_counter() - started
        print(
            f"{connection.vendor}, {way}: {told} of {runs // len(PAIRS)} pairs differ in {steps} steps; {seconds:.0f} s"
        )


if __name__ == "__main__":
    main()
