"""python -m benchmarks.loop.webhooks: many labels settle at once: how long after its event a
program hears of it.

From the time that the event carries, which is the database's, until the request is read on the same
machine. Several programs listen, and each answers at once.
"""

import argparse
import json
import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

from benchmarks.work.site import BATCH, OWNER, SCHEMA, running_site, send_votes, tasks
from benchmarks.work.tally import percentiles
from tests.crowd.webhooks.receiver import Received, Receiver, listening
from tests.journeys.site import Site, wait_until

MOST_P95 = 3.0  # seconds
PATIENCE = 300.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("setup", choices=["embedded", "postgres"])
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--listeners", type=int, default=2)
    options = parser.parse_args()
    print(f"{options.setup}: {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with running_site(options.setup, CROWD_WEBHOOK_NETWORKS="127.0.0.0/8") as site, ExitStack() as programs:
        receivers = [programs.enter_context(listening()) for _n in range(options.listeners)]
        settle(site, options.events, receivers)
    for receiver in receivers:
        print(told(receiver.received))


def settle(site: Site, count: int, receivers: Sequence[Receiver]) -> None:
    """Have that many labels settle by votes from a file, and wait until all were told."""
    (owner,) = site.keys(OWNER)
    quality = {"method": "majority", "min_responses": 3, "max_responses": 3}
    project = {"slug": "told", "name": "Told", "schema": SCHEMA, "quality": quality}
    made = site.call("POST", "/projects", owner, project)
    assert made.status == 201, made
    for receiver in receivers:
        hook = {"url": receiver.url, "kinds": ["label.settled"]}
        assert site.call("POST", "/projects/told/webhooks", owner, hook).status == 201
    for start in range(0, count, BATCH):
        some = tasks(start, min(count, start + BATCH))
        assert site.call("POST", "/projects/told/tasks", owner, some).status == 201
    send_votes(site, "told", owner, (f"t{task},w{n},yes" for task in range(count) for n in range(3)))
    wait_until(lambda: all(len(receiver.received) >= count for receiver in receivers), PATIENCE)


def told(received: Sequence[Received]) -> str:
    happened = [datetime.fromisoformat(json.loads(each.body)["created_at"]).timestamp() for each in received]
    lags = [each.at - moment for each, moment in zip(received, happened, strict=True)]
    p50, p95, worst = percentiles(lags, [50, 95, 100])
    span = max(each.at for each in received) - min(happened)
    return (
        f"  {len(lags)} events within {span:.1f} s: after p50 {p50:.2f}, p95 {p95:.2f} (at most {MOST_P95:g}), "
        f"worst {worst:.2f} s"
    )


if __name__ == "__main__":
    main()
