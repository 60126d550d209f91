"""python -m benchmarks.work.soak: 200 workers who think for two seconds, for ten minutes, and what
is wrong then."""

import argparse

from benchmarks.work import load
from benchmarks.work.site import Meter, running_service
from benchmarks.work.tally import VERBS, percentiles
from benchmarks.work.violations import violations

MOST_MILLISECONDS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=2, metavar="SECONDS")
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--ahead", action="store_true", help="submit with ?next=1")
    options = parser.parse_args()
    with running_service() as service:
        service.new_project("soak", min_responses=3, max_responses=3)
        service.add_tasks("soak", options.tasks)
        keys = service.workers("soak", options.workers)
        meter = Meter(web=service.web.pid, jobs=service.jobs_pid, database=service.database_pid)
        plan = load.Plan(60 * options.minutes, options.ahead, options.think)
        tally = load.run(service.web.url, "soak", keys, plan)
        busy = ", ".join(f"{name} {spent / tally.seconds:.2f}" for name, spent in meter.spent().items())
        print(f"{tally}\ncores: {busy}; other work {meter.others():.2f}")
        print(f"replies that are neither 2xx nor 429 or 503: {tally.failures()} (none)")
        for verb in VERBS:
            (p99,) = percentiles(tally.latencies[verb], [99])
            print(f"p99 of {verb}: {1000 * p99:.0f} ms (at most {MOST_MILLISECONDS})")
        for rule, count in violations(service.site.variables["DATABASE_URL"], tally.acknowledged).items():
            print(f"{rule}: {count} (0)")


if __name__ == "__main__":
    main()
