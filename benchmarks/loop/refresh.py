"""python -m benchmarks.loop.refresh: bringing labels up to date after 100 new answers, in a small
project and a large one."""

import argparse
import os
import statistics
import time
from typing import Any

from benchmarks.loop.database import migrated_database

NEW = 100
MOST_RATIO = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split()))
    parser.add_argument("--small", type=int, default=10_000, metavar="ANSWERS")
    parser.add_argument("--large", type=int, default=1_000_000, metavar="ANSWERS")
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with migrated_database():
        from benchmarks.loop.answers import answered_project, fitted  # noqa: PLC0415 (needs the models)

        projects = [answered_project(name, getattr(options, name)) for name in ("small", "large")]
        for project in projects:
            fitted(project)
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        seconds: dict[str, list[float]] = {project.slug: [] for project in projects}
        for _time in range(options.times):
            for project in projects:
                seconds[project.slug].append(refreshed(project))
        medians = {slug: statistics.median(taken) for slug, taken in seconds.items()}
        for slug, median in medians.items():
            print(f"{slug}: median {1000 * median:.0f} ms, slowest {1000 * max(seconds[slug]):.0f} ms")
        print(f"large over small: {medians['large'] / medians['small']:.2f} (at most {MOST_RATIO:g})")


def refreshed(project: Any) -> float:
    """Seconds from 100 new answers in the database to their labels."""
    answer_anew(project)
    from quality.refresh.live import keep_up  # noqa: PLC0415

    started = time.perf_counter()
    keep_up(project)
    return time.perf_counter() - started


def answer_anew(project: Any) -> None:
    """100 answers, of tasks all over the project, are taken back and given again."""
    from tasks.models import Response, Task  # noqa: PLC0415

    span = Task.objects.for_project(project).order_by("pk")
    first, last = span.values_list("pk", flat=True)[0], span.values_list("pk", flat=True).last()
    keys = list(range(first, last, max(1, (last - first) // NEW)))[:NEW]
    for response in Response.objects.filter(task__in=keys).order_by("task", "-pk").distinct("task"):
        response.answer = int(response.answer == 0)
        response.save(update_fields=["answer"])
    Task.objects.filter(pk__in=keys).mark_stale()


if __name__ == "__main__":
    main()
