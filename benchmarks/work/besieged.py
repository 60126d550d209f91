"""python -m benchmarks.work.besieged: how long others wait while 200 clients hold on, or hostile
pictures are imported.

First the site's sign of life while clients leave their requests unfinished, each in its own way.
Then somebody imports all hostile pictures (`benchmarks.hostile_pictures`), and in another project
labels are asked for again and again.
"""

import argparse
import io
import json
import os
import time
import urllib.request
import zipfile
from contextlib import ExitStack

from benchmarks.hostile_pictures.corpus import HOSTILE
from benchmarks.work.site import OWNER, SCHEMA, running_site, tasks
from benchmarks.work.tally import percentiles
from tests.journeys.site import Site, wait_until
from tests.journeys.test_gateway import CLIENTS, UNFINISHED, client

MOST_SIGN, MOST_REFRESH = 1.0, 2.0  # seconds
VISITS, PATIENCE = 20, 1800.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("setup", choices=["embedded", "postgres"])
    setup = parser.parse_args().setup
    print(f"{setup}: {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with running_site(setup) as site:
        for habit in UNFINISHED:
            say(f"/healthz while {CLIENTS} clients {habit}", beside_clients(site, UNFINISHED[habit]), MOST_SIGN)
        say(f"refresh while {len(HOSTILE)} hostile pictures come", beside_pictures(site), MOST_REFRESH)


def say(what: str, waits: list[float], at_most: float) -> None:
    p50, p95, worst = percentiles(waits, [50, 95, 100])
    print(
        f"  {what}: p50 {p50:.2f}, p95 {p95:.2f}, worst {worst:.2f} s of {len(waits)} (at most {at_most:g})", flush=True
    )


def beside_clients(site: Site, request: bytes) -> list[float]:
    urllib.request.urlopen(f"{site}/api/v1/schema", timeout=60).close()  # it is worked out once
    waits = []
    with ExitStack() as held:
        for _client in range(CLIENTS):
            held.enter_context(client(site, request, SO_RCVBUF=2048))
        for _visit in range(VISITS):
            started = time.perf_counter()
            urllib.request.urlopen(f"{site}/healthz", timeout=30).close()
            waits.append(time.perf_counter() - started)
    return waits


def beside_pictures(site: Site) -> list[float]:
    """Seconds from asking for labels to having them, one time after the other until the import is
    done."""
    (owner,) = site.keys(OWNER)
    for slug in ("hostile", "other"):
        assert site.call("POST", "/projects", owner, {"slug": slug, "name": slug, "schema": SCHEMA}).status == 201
    assert site.call("POST", "/projects/other/tasks", owner, tasks(0, 1000)).status == 201
    (worker,) = site.keys("worker@example.org", project="other", role="worker")
    started = upload(site, owner)
    waits: list[float] = []
    while not waits or site.call("GET", started, owner).body["state"] in ("queued", "running"):
        answer(site, worker)
        waits.append(seconds_of_refresh(site, owner))
    report = site.call("GET", started, owner).body["report"]
    print(f"  of the pictures {report['created']} were taken, {report['rejected']} rejected", flush=True)
    return waits


def upload(site: Site, owner: str) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as pictures:
        for number, make in enumerate(HOSTILE.values()):
            pictures.writestr(f"p{number}.png", make())
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="p.zip"\r\n\r\n'
    headers = {"Authorization": f"Bearer {owner}", "Content-Type": "multipart/form-data; boundary=edge"}
    body = head + archive.getvalue() + b"\r\n--edge--\r\n"
    request = urllib.request.Request(f"{site.url}/api/v1/projects/hostile/imports", body, headers)
    with urllib.request.urlopen(request, timeout=120) as reply:
        return f"/projects/hostile/imports/{json.load(reply)['id']}"


def answer(site: Site, worker: str) -> None:
    for lease in site.call("POST", "/projects/other/assignments", worker, {"count": 1}).body["assignments"]:
        site.call("PUT", f"/assignments/{lease['token']}/response", worker, {"answer": "yes"})


def seconds_of_refresh(site: Site, owner: str) -> float:
    began = time.perf_counter()
    refresh = site.call("POST", "/projects/other/refresh", owner).body["id"]
    path = f"/projects/other/refreshes/{refresh}"
    wait_until(lambda: site.call("GET", path, owner).body["state"] == "done", PATIENCE)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
