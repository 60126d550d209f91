"""python -m benchmarks.loop.reading: all labels of a large project as one file, and how long
dashboards take."""

import argparse
import os
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.work import load
from benchmarks.work.load import Plan
from benchmarks.work.site import OWNER, Service, running_service
from benchmarks.work.tally import Tally, percentiles
from benchmarks.work.usage import megabytes

MOST_FILE, MOST_LOSS, MOST_P95 = 6.0, 0.1, 15.0
WORKERS, SPAN = 16, 12.0
ENDPOINTS = ("agreement", "workers", "agreement/classes", "budget")


def main() -> None:
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split()))
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--samples", type=int, default=200)
    options = parser.parse_args()
    with running_service() as service:
        service.use_models()
        prepare(service, options.tasks)
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        for endpoint in ENDPOINTS:
            times = [get(service, f"/projects/large/{endpoint}")[0] for _sample in range(options.samples)]
            p50, p95 = percentiles([1000 * each for each in times], [50, 95])
            print(f"GET {endpoint}: p50 {p50:.1f}, p95 {p95:.1f} ms (at most {MOST_P95:g})", flush=True)
        for _time in range(2):
            before = megabytes(service.web.pid)
            seconds, size = get(service, "/projects/large/labels.csv")
            print(
                f"labels.csv: {seconds:.1f} s (at most {MOST_FILE:g}), {size / 1e6:.1f} MB; web processes "
                f"{before:.0f} MB before, {megabytes(service.web.pid):.0f} MB after",
                flush=True,
            )
        for think in (1.0, 0.0):
            beside_workers(service, think)


def prepare(service: Service, tasks: int) -> None:
    from benchmarks.loop.answers import answered_project, fitted  # noqa: PLC0415 (needs the site's settings)
    from crowd.people.models import User  # noqa: PLC0415
    from crowd.projects.models import Membership, Role  # noqa: PLC0415

    project = answered_project("large", 3 * tasks)
    Membership.objects.create(project=project, user=User.objects.get(email=OWNER), role=Role.OWNER)
    fitted(project)
    service.new_project("work", min_responses=3, max_responses=3)
    service.add_tasks("work", 50_000)
    service.wait_until_quiet()


def get(service: Service, path: str) -> tuple[float, int]:
    """Seconds, and bytes."""
    site = urlsplit(service.web.url)
    connection = HTTPConnection(site.hostname or "", site.port, timeout=120)
    started = time.perf_counter()
    connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {service.owner}"})
    reply = connection.getresponse()
    size = len(reply.read())
    taken = time.perf_counter() - started
    connection.close()
    assert reply.status == 200, reply.status
    return taken, size


def beside_workers(service: Service, think: float) -> None:
    """The pace of workers on another project before and while the file is read again and again."""
    began: list[float] = []

    def read() -> None:
        time.sleep(SPAN)
        began.append(time.perf_counter())
        while time.perf_counter() < began[0] + SPAN:
            get(service, "/projects/large/labels.csv")

    reading = threading.Thread(target=read)
    workers = service.workers("work", WORKERS)
    reading.start()
    tally = load.run(service.web.url, "work", workers, Plan(2 * SPAN, think=think))
    reading.join()
    (start,) = began
    usual, meanwhile = pace(tally, start - SPAN * 0.8, start), pace(tally, start, start + SPAN * 0.9)
    print(
        f"{WORKERS} workers who think for {think:g} s: {usual:.1f} pairs/s before, {meanwhile:.1f} while labels.csv is "
        f"read again and again: {1 - meanwhile / usual:.0%} less (at most {MOST_LOSS:.0%})",
        flush=True,
    )


def pace(tally: Tally, start: float, end: float) -> float:
    return sum(start <= moment < end for moment in tally.moments["submit"]) / (end - start)


if __name__ == "__main__":
    main()
