"""python -m benchmarks.work.scale: the next task in a project of a thousand and of a million tasks,
in every order.

The two projects take turns, a worker on each, so that whatever else happens hits both. A third
worker alone has answered 100,000 tasks that are still open. After every change of order all tasks
are put into order anew, and workers' cursors in the old order are worth nothing: the very first
lease after that is shown by itself.
"""

import argparse
import os
import time
from array import array
from dataclasses import dataclass, field

from benchmarks.work import load
from benchmarks.work.load import Plan
from benchmarks.work.site import Service, running_service, tidy
from benchmarks.work.tally import percentiles
from tests.journeys.site import wait_until

MOST_TIMES = 1.5
SMALL, LARGE, VETERAN = "small", "large", "veteran"
TURNS = 4
LONGEST = 1200.0  # seconds that anything may take


@dataclass(slots=True)
class Figures:
    """Latencies of the next task: of the first after a change of order, and of all the others."""

    first: float = float("nan")
    others: "array[float]" = field(default_factory=lambda: array("d"))

    def __str__(self) -> str:
        p50, p95 = percentiles(self.others, [50, 95])
        return f"p50 {1000 * p50:.1f}, p95 {1000 * p95:.1f} ms (the first {1000 * self.first:.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, default in (("small", 1_000), ("large", 1_000_000), ("answered", 100_000), ("samples", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--orders", nargs="+", metavar="ORDER", help="instead of all")
    options = parser.parse_args()
    with running_service() as service:
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        service.use_models()
        orders = options.orders or all_orders()
        prepare(service, options)
        for number, order in enumerate(orders):
            seconds = change_order(service, order)
            keys = {SMALL: service.worker(SMALL, f"small{number}"), LARGE: service.worker(LARGE, f"large{number}")}
            keys[VETERAN] = service.worker(LARGE, VETERAN)
            report(order, seconds, measured(service, keys, options.samples))


def all_orders() -> list[str]:
    from crowd.projects.models import Order  # noqa: PLC0415 (models can be loaded only now)

    return [str(order) for order in Order]


def prepare(service: Service, options: argparse.Namespace) -> None:
    from benchmarks.work import fill  # noqa: PLC0415

    started = time.perf_counter()
    for slug, count in ((SMALL, options.small), (LARGE, options.large)):
        service.new_project(slug, min_responses=3, max_responses=3)
        fill.fill(slug, count)
    service.worker(LARGE, VETERAN)
    fill.answer_all_alone(LARGE, service.email(VETERAN), options.answered)
    filled = time.perf_counter() - started
    tidy(service.site.variables["DATABASE_URL"])
    print(f"filled in {filled:.0f} s; jobs have caught up after another {service.wait_until_quiet():.0f} s", flush=True)


def change_order(service: Service, order: str) -> float:
    """Seconds until both projects are in this order."""
    from crowd.projects.models import Project  # noqa: PLC0415

    started = time.perf_counter()
    for slug in (SMALL, LARGE):
        reply = service.site.call("PATCH", f"/projects/{slug}", service.owner, {"quality": {"order": order}})
        assert reply.status == 200, reply
    wait_until(lambda: not Project.objects.exclude(applied_order=order).exists(), LONGEST)
    seconds = time.perf_counter() - started
    service.wait_until_quiet()
    return seconds


def measured(service: Service, keys: dict[str, str], samples: int) -> dict[str, Figures]:
    found = {name: Figures() for name in keys}
    for turn in range(TURNS):
        for name, key in keys.items():
            project = SMALL if name == SMALL else LARGE
            tally = load.run(service.web.url, project, [key], Plan(LONGEST, pairs=samples // TURNS))
            latencies = tally.latencies["lease"]
            if turn == 0:
                found[name].first = latencies.pop(0)
            found[name].others.extend(latencies)
    return found


def report(order: str, seconds: float, found: dict[str, Figures]) -> None:
    (limit,) = percentiles(found[SMALL].others, [95])
    print(f"{order} (in order after {seconds:.0f} s)")
    for name, figures in found.items():
        (p95,) = percentiles(figures.others, [95])
        print(f"  {name}: {figures}, p95 {p95 / limit:.2f} times that of {SMALL} (at most {MOST_TIMES})", flush=True)


if __name__ == "__main__":
    main()
