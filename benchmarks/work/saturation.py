"""python -m benchmarks.work.saturation: three times more work than the server can do, and how soon
it is itself again.

Arrivals do not wait for replies, and there are many more clients than the server has threads.
Normal load is a third of what the server can do. It has recovered once three seconds in a row are
as quick as they were before.
"""

import argparse
import os
from collections import defaultdict

from benchmarks.work import load
from benchmarks.work.load import Plan
from benchmarks.work.site import Service, running_service
from benchmarks.work.tally import Tally, percentiles

PROJECT = "busy"
NORMAL_SHARE, SLACK = 1 / 3, 1.5
IN_A_ROW = 3
MOST_SECONDS = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=30, help="of too much work")
    parser.add_argument("--times", type=float, default=3, help="what the server can do")
    parser.add_argument("--clients", type=int, default=512)
    parser.add_argument("--tasks", type=int, default=100_000)
    options = parser.parse_args()
    with running_service() as service:
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        service.new_project(PROJECT, min_responses=3, max_responses=3)
        service.add_tasks(PROJECT, options.tasks)
        keys = service.workers(PROJECT, options.clients)
        run(service, keys[:16], Plan(3))
        saturated = run(service, keys[:16], Plan(10))
        print(f"as much as it can do: {saturated}", flush=True)
        normal_plan = Plan(15, arrivals=saturated.pairs * NORMAL_SHARE)
        normal = run(service, keys[:64], normal_plan)
        print(f"normal load: {normal}", flush=True)
        flooded = run(service, keys, Plan(options.seconds, arrivals=saturated.pairs * options.times))
        print(f"{options.times:g} times as much: {flooded}", flush=True)
        after = run(service, keys[:64], Plan(2 * MOST_SECONDS, arrivals=saturated.pairs * NORMAL_SHARE))
        print(f"normal load again: {after}")
        summarise(normal, flooded, after, drained=flooded.seconds - options.seconds)


def run(service: Service, keys: list[str], plan: Plan) -> Tally:
    return load.run(service.web.url, PROJECT, keys, plan)


def summarise(normal: Tally, flooded: Tally, after: Tally, drained: float) -> None:
    print(f"\nreplies that are neither 2xx nor 429 or 503: {flooded.failures()} (none)")
    print(f"429 and 503 without Retry-After: {flooded.busy_without_retry_after} (0)")
    print(f"requests without a reply: {flooded.unanswered} (0)")
    slow = seconds_until_normal(normal, after)
    if slow is None:
        print(f"not recovered after {drained + after.seconds:.0f} s (at most {MOST_SECONDS})")
    else:
        drain = f"{drained:.1f} of them until every request had its reply"
        print(f"recovered after {drained + slow:.0f} s, {drain} (at most {MOST_SECONDS})")


def seconds_until_normal(normal: Tally, after: Tally) -> float | None:
    """When the first of three seconds in a row began that were as quick as normal ones."""
    (limit,) = percentiles(all_latencies(normal), [95])
    by_second: defaultdict[int, list[float]] = defaultdict(list)
    began = min(min(moments) for moments in after.moments.values() if moments)
    for verb, moments in after.moments.items():
        for moment, latency in zip(moments, after.latencies[verb], strict=True):
            by_second[int(moment - began)].append(latency)
    quick = 0
    for second in range(max(by_second) + 1):
        (median,) = percentiles(by_second[second], [50])
        quick = quick + 1 if median <= limit * SLACK else 0
        if quick == IN_A_ROW:
            return second + 1.0 - IN_A_ROW
    return None


def all_latencies(tally: Tally) -> list[float]:
    return [latency for latencies in tally.latencies.values() for latency in latencies]


if __name__ == "__main__":
    main()
