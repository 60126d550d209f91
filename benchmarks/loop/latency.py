"""python -m benchmarks.loop.latency: from the reply to a submit until the refreshed label is
readable through the API, while others answer."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from benchmarks.work.site import Service, running_service
from benchmarks.work.tally import percentiles

SLUG = "busy"
MOST_P95 = 1.0  # seconds
POLL, PATIENCE = 0.02, 30.0
WARM_UP = 10  # seconds of answers before the first probe


def main() -> None:
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split()))
    parser.add_argument("--arrivals", type=float, default=50, metavar="ANSWERS", help="a second, of all workers")
    parser.add_argument("--probes", type=int, default=100)
    parser.add_argument("--tasks", type=int, default=100_000)
    options = parser.parse_args()
    with running_service() as service, tempfile.TemporaryDirectory() as folder:
        service.new_project(SLUG, min_responses=3, max_responses=3)
        service.add_tasks(SLUG, options.tasks)
        keys = service.workers(SLUG, 32)
        file = Path(folder) / "keys"
        file.write_text("\n".join(keys[1:]))
        service.use_models()
        service.wait_until_quiet()
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        seconds = WARM_UP + options.probes * 2
        command = [sys.executable, "-m", "benchmarks.work.load", service.web.url, SLUG, str(file)]
        load = subprocess.Popen([*command, "--arrivals", str(options.arrivals), "--seconds", str(seconds)])
        time.sleep(WARM_UP)
        waits = [probe(service, keys[0]) for _probe in range(options.probes)]
        load.terminate()
        load.wait()
    p50, p95, worst = percentiles(waits, [50, 95, 100])
    print(
        f"submit to label under {options.arrivals:g} answers/s: p50 {p50:.2f} s, p95 {p95:.2f} s, "
        f"slowest {worst:.2f} s (p95 at most {MOST_P95:g})"
    )


def probe(service: Service, key: str) -> float:
    """Seconds from the reply to one answer until the list of labels has what it led to."""
    from tasks.models import Assignment, Task  # noqa: PLC0415 (needs the site's settings)

    leased = service.site.call("POST", f"/projects/{SLUG}/assignments", key, {"count": 1})
    token = leased.body["assignments"][0]["token"]
    task = Task.objects.get(assignments__token=token)
    service.site.call("PUT", f"/assignments/{token}/response", key, {"answer": "yes", "seconds": 1.5})
    started = time.perf_counter()
    while Task.objects.filter(pk=task.pk).stale().exists():
        assert time.perf_counter() - started < PATIENCE
        time.sleep(POLL)
    label = Task.objects.select_related("consensus").get(pk=task.pk).consensus
    since = quote((label.updated_at - timedelta(milliseconds=1)).isoformat())
    listed = service.site.call("GET", f"/projects/{SLUG}/labels?limit=1000&updated_since={since}", service.owner)
    taken = time.perf_counter() - started
    assert any(each["task"] == task.external_id for each in listed.body["results"]), task
    assert Assignment.objects.get(token=token).state == Assignment.State.SUBMITTED
    time.sleep(0.3 + taken % 0.7)  # not in step with the jobs
    return taken


if __name__ == "__main__":
    main()
