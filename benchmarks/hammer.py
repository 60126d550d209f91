"""python -m benchmarks.hammer: sixteen processes at one queue for ten minutes, and what is wrong
then.

They answer, forget, come late, repeat and repent, while a job ends leases and an owner asks for
more and for less, voids and restores. It is what tests/tasks/queue/test_queue_under_fire.py does
for seconds.
"""

import argparse
import os
import random
import tempfile
import time
from pathlib import Path

import django
from django.core.management import call_command

from tests import servers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--tasks", type=int, default=40_000)
    parser.add_argument("--gold", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    os.environ["DATABASE_URL"] = servers.start_postgres()
    os.environ["DATABASE_URL"] = servers.new_database()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    hammer(options)


def hammer(options: argparse.Namespace) -> None:
    from tests.tasks.queue.hammering import open_project, strike  # noqa: PLC0415 (needs the models)
    from tests.tasks.queue.verdict import acknowledged, verdict  # noqa: PLC0415

    open_project(workers=options.workers, tasks=options.tasks, gold=options.gold)
    with tempfile.TemporaryDirectory(prefix="crowd-hammer-") as folder:
        started = time.perf_counter()
        strike(60 * options.minutes, Path(folder), options.seed)
        seconds, answers = time.perf_counter() - started, acknowledged(Path(folder))
        print(f"seed {options.seed}: {answers} answers acknowledged in {seconds:.0f} s by {options.workers} workers")
        for rule, count in verdict(Path(folder)).items():
            print(f"{rule}: {count} (0)")


if __name__ == "__main__":
    main()
