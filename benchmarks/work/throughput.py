"""python -m benchmarks.work.throughput: pairs of lease and submit a second, beside bare views on
the same database.

Three contenders take turns for as many rounds as asked for: this service in two requests a pair,
with ?next=1 in one, and `benchmarks.work.bare` in two. The load generator has a part of the same
two cores.
"""

import argparse
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass

from benchmarks.work import load
from benchmarks.work.site import Meter, Service, Web, running_service, tidy
from benchmarks.work.tally import Tally
from crowd import paths
from tests import servers

LEAST_PAIRS, LEAST_SHARE, LEAST_PAIRS_AHEAD, MOST_MILLISECONDS = 250, 0.7, 400, 8
WARM_UP = 3.0


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    web: Web
    project: str
    keys: list[str]
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one contender did in one turn, and the CPU it took, by process family."""

    tally: Tally
    cpu: dict[str, float]
    others: float

    @property
    def milliseconds(self) -> dict[str, float]:
        return {name: 1000 * seconds / len(self.tally.acknowledged) for name, seconds in self.cpu.items()}

    def __str__(self) -> str:
        parts = " + ".join(f"{name} {value:.2f}" for name, value in self.milliseconds.items())
        cpu = f"CPU ms a pair: {parts} = {sum(self.milliseconds.values()):.2f}"
        return f"{self.tally}\n    {cpu}; {self.others:.2f} cores had other work"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="of each turn")
    for name, default in (("tasks", 100_000), ("workers", 16), ("rounds", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with running_service() as service:
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        contenders = prepared(service, options.tasks, options.workers)
        turns: dict[str, list[Turn]] = {contender.name: [] for contender in contenders}
        for contender in contenders:
            measured(service, contender, WARM_UP)
        for _ in range(options.rounds):
            for contender in contenders:
                turn = measured(service, contender, options.seconds)
                turns[contender.name].append(turn)
                print(f"{contender.name}: {turn}", flush=True)
        summarise(turns)


def prepared(service: Service, tasks: int, workers: int) -> list[Contender]:
    """Projects of their own for our two ways, and a database of its own for the bare views."""
    contenders = []
    for name, slug, ahead in (("two requests", "apart", False), ("?next=1", "ahead", True)):
        service.new_project(slug, min_responses=3, max_responses=3)
        service.add_tasks(slug, tasks)
        contenders.append(Contender(name, service.web, slug, service.workers(slug, workers), ahead))
    tidy(service.site.variables["DATABASE_URL"])
    url = servers.new_database()
    environment = service.site.variables | {"DATABASE_URL": url}
    command = [sys.executable, "-m", "benchmarks.work.bare", str(tasks)]
    subprocess.run(command, cwd=paths.ROOT, env=environment, check=True)
    tidy(url)
    bare = service.start_web("benchmarks.work.bare:application", DATABASE_URL=url)
    return [*contenders, Contender("bare", bare, "bare", [str(n) for n in range(workers)])]


def measured(service: Service, contender: Contender, seconds: float) -> Turn:
    service.wait_until_quiet()  # or the jobs of one turn would be work beside the next
    meter = Meter(web=contender.web.pid, database=service.database_pid, jobs=service.jobs_pid)
    tally = load.run(contender.web.url, contender.project, contender.keys, load.Plan(seconds, contender.ahead))
    return Turn(tally, meter.spent(), meter.others())


def summarise(turns: dict[str, list[Turn]]) -> None:
    pairs = {name: statistics.mean(turn.tally.pairs for turn in of) for name, of in turns.items()}
    cpu = {name: statistics.mean(sum(turn.milliseconds.values()) for turn in of) for name, of in turns.items()}
    share = pairs["two requests"] / pairs["bare"]
    print(f"\ntwo requests: {pairs['two requests']:.0f} pairs/s (at least {LEAST_PAIRS})")
    print(f"?next=1: {pairs['?next=1']:.0f} pairs/s (at least {LEAST_PAIRS_AHEAD})")
    print(f"bare: {pairs['bare']:.0f} pairs/s; two requests are {share:.0%} of it (at least {LEAST_SHARE:.0%})")
    for name in turns:
        print(f"{name}: {cpu[name]:.2f} ms CPU a pair (at most {MOST_MILLISECONDS})")


if __name__ == "__main__":
    main()
