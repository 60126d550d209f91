"""python -m benchmarks.loop.rebuild: all labels of a million answers, from PostgreSQL's rows and
from the blocks."""

import argparse
import cProfile
import os
import pstats
import resource
import time
from collections.abc import Callable
from typing import Any

from benchmarks.loop.database import migrated_database

MOST_SECONDS, MOST_MEGABYTES = 20, 1536


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    options = parser.parse_args()
    with migrated_database():
        from benchmarks.loop.answers import answered_project  # noqa: PLC0415 (needs the models)

        project = answered_project("large", options.answers)
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, {options.answers} answers")
        print(f"before: {peak():.0f} MB", flush=True)
        measure("rows to labels", project, options.profile)
        measure("blocks to the same labels", project, options.profile)


def measure(title: str, project: Any, profile: bool) -> None:
    from benchmarks.loop.answers import fitted  # noqa: PLC0415

    started, worked = time.perf_counter(), time.process_time()
    result = profiled(lambda: fitted(project)) if profile else fitted(project)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    told = f"at most {MOST_SECONDS} s, {MOST_MEGABYTES} MB"
    took = f"{seconds:.1f} s, {cpu:.1f} of them of this process"
    print(f"{title}: {took}, {peak():.0f} MB at most so far ({told}); {result['method']}", flush=True)


def profiled(work: Callable[[], Any]) -> Any:
    profiler = cProfile.Profile()
    result = profiler.runcall(work)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)
    return result


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
