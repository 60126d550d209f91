"""python -m benchmarks.work.intake: 100,000 tasks through the API, and the pace of others' work
meanwhile.

The workers are on another project. Their pace is taken twice: as people, who think for a second,
and without a pause, when whatever the import takes of the two cores is missing to them.
"""

import argparse
import json
import os
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.work import load
from benchmarks.work.load import Plan
from benchmarks.work.site import BATCH, Service, running_service, tasks
from benchmarks.work.tally import Tally
from benchmarks.work.usage import megabytes

MOST_SECONDS, MOST_LOSS = 9, 0.1
WORKERS = 16
SPAN, SETTLED = 10.0, 0.8  # seconds without an import, and the part of them that counts
LONGEST = 30.0  # seconds of work beside it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--think", type=float, nargs="+", default=[1.0, 0.0], metavar="SECONDS")
    options = parser.parse_args()
    bodies = [json.dumps(tasks(start, start + BATCH)).encode() for start in range(0, options.tasks, BATCH)]
    with running_service() as service:
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        service.new_project("work", min_responses=3, max_responses=3)
        service.add_tasks("work", options.tasks)
        keys = service.workers("work", WORKERS)
        load.run(service.web.url, "work", keys, Plan(3))
        for number in range(2):
            service.wait_until_quiet()
            alone(service, f"alone-{number}", bodies)
        for think in options.think:
            beside_workers(service, f"beside-{think:g}".replace(".", "-"), bodies, keys, think)


def alone(service: Service, slug: str, bodies: list[bytes]) -> None:
    """Twice: what the first import leaves in memory is there for the second."""
    service.new_project(slug)
    before = megabytes(service.web.pid)
    memory: list[float] = []
    seconds = send(service, slug, bodies, memory)
    at_each = " ".join(f"{value:.0f}" for value in memory)
    print(
        f"{slug}: {seconds:.1f} s (at most {MOST_SECONDS}); web processes {before:.0f} MB before, then {at_each}",
        flush=True,
    )


def send(service: Service, slug: str, bodies: list[bytes], memory: list[float] | None = None) -> float:
    """Seconds that the requests took, one after the other."""
    site = urlsplit(service.web.url)
    headers = {"Authorization": f"Bearer {service.owner}", "Content-Type": "application/json"}
    connection = HTTPConnection(site.hostname or "", site.port, timeout=120)
    taken = 0.0
    for body in bodies:
        started = time.perf_counter()
        connection.request("POST", f"/api/v1/projects/{slug}/tasks", body, headers)
        reply = connection.getresponse()
        said = reply.read()
        taken += time.perf_counter() - started
        assert reply.status == 201, said
        if memory is not None:
            memory.append(megabytes(service.web.pid))
    connection.close()
    return taken


def beside_workers(service: Service, slug: str, bodies: list[bytes], keys: list[str], think: float) -> None:
    """One run, some way into which the import begins."""
    service.new_project(slug)
    service.wait_until_quiet()
    times: list[float] = []

    def bring_in() -> None:
        time.sleep(SPAN)
        times.append(time.perf_counter())
        send(service, slug, bodies)
        times.append(time.perf_counter())

    importing = threading.Thread(target=bring_in)
    importing.start()
    tally = load.run(service.web.url, "work", keys, Plan(SPAN + LONGEST, think=think))
    importing.join()
    began, ended = times
    usual = pace(tally, began - SPAN * SETTLED, began)
    meanwhile = pace(tally, began, min(ended, began + LONGEST))
    print(
        f"{WORKERS} workers who think for {think:g} s: {usual:.1f} pairs/s before the import, {meanwhile:.1f} "
        f"meanwhile: {1 - meanwhile / usual:.0%} less (at most {MOST_LOSS:.0%}); it took {ended - began:.1f} s",
        flush=True,
    )


def pace(tally: Tally, start: float, end: float) -> float:
    """Answers taken in this time, a second."""
    return sum(start <= moment < end for moment in tally.moments["submit"]) / (end - start)


if __name__ == "__main__":
    main()
