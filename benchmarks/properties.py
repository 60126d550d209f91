"""python -m benchmarks.properties: the queue as a state machine, thousands of runs against the
model of it.

Half of them with cursors that nothing rescues (see tests/properties/test_queue.py). DATABASE_URL
may name a database to use; without it a private PostgreSQL is started.
"""

import argparse
import time
from unittest.mock import patch

from django.db import connection

from benchmarks.scratch import scratch_database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()
    with scratch_database():
        check(options.runs, options.steps)


def check(runs: int, steps: int) -> None:
    from tasks.queue import cursors  # noqa: PLC0415 (needs the models)
    from tests.properties.test_queue import check_runs, without_rescue  # noqa: PLC0415

    for name, constants in (("as it is", {}), ("nothing but cursors", without_rescue())):
        started = time.perf_counter()
        with patch.dict(vars(cursors), constants):
            check_runs(runs // 2, steps, fresh=True)
        seconds = time.perf_counter() - started
        print(f"{connection.vendor}, {name}: {runs // 2} runs of {steps} steps kept to the model; {seconds:.0f} s")


if __name__ == "__main__":
    main()
