"""python -m benchmarks.work.bulk: a large import and a large deletion, and how long a worker of
another project waits.

On both databases: tasks and votes come in, the project is deleted, and meanwhile one worker
elsewhere takes a task and answers it, again and again.
"""

import argparse
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.work.site import BATCH, OWNER, SCHEMA, running_site, send_votes, tasks, use_models
from benchmarks.work.tally import percentiles
from tests.journeys.site import Site, wait_until

MOST_IMPORT, MOST_DELETION, MOST_WAIT = 20.0, 60.0, 1.0  # seconds; for 100,000 and 300,000, and for 1,000,000 answers
LONGEST = 1800.0
PAUSE = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("setup", choices=["embedded", "postgres"])
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--votes", type=int, default=3, help="of each task")
    options = parser.parse_args()
    print(f"{options.setup}: {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with running_site(options.setup) as site:
        run(site, options.tasks, options.votes)


def run(site: Site, count: int, votes: int) -> None:
    (owner,) = site.keys(OWNER)
    for slug in ("large", "other"):
        body = {"slug": slug, "name": slug, "schema": SCHEMA, "quality": {"gold_rate": 0, "min_responses": 1}}
        assert site.call("POST", "/projects", owner, body).status == 201
    assert site.call("POST", "/projects/other/tasks", owner, tasks(0, BATCH)).status == 201
    (worker,) = site.keys("worker@example.org", project="other", role="worker")
    with somebody_working(site, worker, f"import of {count:,} tasks and {count * votes:,} votes", MOST_IMPORT):
        for start in range(0, count, BATCH):
            assert (
                site.call("POST", "/projects/large/tasks", owner, tasks(start, min(count, start + BATCH))).status == 201
            )
        import_votes(site, owner, count, votes)
    with somebody_working(site, worker, f"deletion of {count * votes:,} answers", MOST_DELETION):
        assert site.call("DELETE", "/projects/large", owner).status == 202
        wait_until(lambda: not left_of_deleted(site), LONGEST)


def import_votes(site: Site, owner: str, count: int, votes: int) -> None:
    send_votes(site, "large", owner, (f"t{task},w{(task + n) % 50},yes" for task in range(count) for n in range(votes)))
    newest = "/projects/large/labels?limit=1"
    assert site.call("GET", newest, owner).status == 200
    wait_until(lambda: not unfinished_imports(site), LONGEST)


def unfinished_imports(site: Site) -> bool:
    use_models(site)
    from tasks.models import Import  # noqa: PLC0415 (models can be loaded only now)

    return Import.objects.unfinished().exists()


def left_of_deleted(site: Site) -> bool:
    use_models(site)
    from crowd.projects.models import Deletion  # noqa: PLC0415

    return Deletion.objects.exists()


@contextmanager
def somebody_working(site: Site, worker: str, what: str, at_most: float) -> Iterator[None]:
    """Have a worker take and answer tasks meanwhile, and say how long each request took and the
    whole."""
    waits: list[float] = []
    over = threading.Event()
    thread = threading.Thread(target=work, args=(site, worker, waits, over))
    thread.start()
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    over.set()
    thread.join()
    p50, p99, worst = percentiles(waits, [50, 99, 100])
    print(
        f"  {what}: {seconds:.1f} s (at most {at_most:.0f}); a worker elsewhere waits p50 {1000 * p50:.0f}, "
        f"p99 {1000 * p99:.0f} (at most {1000 * MOST_WAIT:.0f}), worst {1000 * worst:.0f} ms in {len(waits)} requests",
        flush=True,
    )


def work(site: Site, worker: str, waits: list[float], over: threading.Event) -> None:
    while not over.wait(PAUSE):
        started = time.perf_counter()
        reply = site.call("POST", "/projects/other/assignments", worker, {"count": 1})
        waits.append(time.perf_counter() - started)
        assert reply.status == 200, reply
        for lease in reply.body["assignments"]:
            started = time.perf_counter()
            answered = site.call("PUT", f"/assignments/{lease['token']}/response", worker, {"answer": "yes"})
            waits.append(time.perf_counter() - started)
            assert answered.status == 201, answered


if __name__ == "__main__":
    main()
