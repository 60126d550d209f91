"""python -m benchmarks.drills: the failures of tests/drills, twenty times each, in the midst of
work.

Prints what was acknowledged, what of it was lost, how long people waited, and how long until all
was right again. The exit status is 1 if a promise was broken.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "crowd.settings"
with TemporaryDirectory() as unused:  # the settings make a secret key, which nothing here uses
    os.environ["CROWD_DATA_DIR"] = unused
    django.setup()

import redis
from django.conf import settings

from crowd.projects.models import Project
from tests.drills import oracle
from tests.drills.load import Load
from tests.drills.other_clock import web_host
from tests.drills.stage import DATABASE, LOSES_AT_A_CRASH, Stage
from tests.journeys.site import wait_until

LONGEST_WAIT, RIGHT_AGAIN, MOST_P99 = 5.0, 120.0, 1.2
TASKS, BETWEEN = 10_000, 20  # answers from one blow to the next
PHASE = 10.0  # seconds

Drill = Callable[[Stage, int], bool]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("drills", nargs="*", default=list(DRILLS), metavar="DRILL", help=", ".join(DRILLS))
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, {options.times} times each")
    with TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        kept = [told(name, DRILLS[name](stage, options.times)) for name in options.drills]
    return int(not all(kept))


def told(name: str, kept: bool) -> bool:
    print(f"{name}: {'kept' if kept else 'BROKEN'}\n", flush=True)
    return kept


def kill_web_processes(stage: Stage, times: int) -> bool:
    return in_mid_load(stage, times, stage.kill_a_web_process)


def kill_job_processes(stage: Stage, times: int) -> bool:
    return in_mid_load(stage, times, stage.kill_a_job_process)


def repeat_jobs(stage: Stage, times: int) -> bool:
    """Every job that there is, again and again in any order, in mid-load and when all is done."""

    def blow() -> None:
        projects = Project.objects.using(DATABASE).values_list("pk", flat=True)
        jobs = [(each["task"], []) for each in settings.CELERY_BEAT_SCHEDULE.values()]
        jobs = 5 * [*jobs, *(("quality.refresh", [pk]) for pk in projects)]
        stage.send_jobs(random.sample(jobs, len(jobs)))

    return in_mid_load(stage, times, blow)


def stop_database(stage: Stage, times: int) -> bool:
    def blow() -> None:
        stage.postgres.stop_immediately()
        time.sleep(2)
        stage.postgres.start()

    return in_mid_load(stage, times, blow)


def kill_database(stage: Stage, times: int) -> bool:
    def blow() -> None:
        stage.postgres.kill()
        stage.postgres.start()

    return in_mid_load(stage, times, blow)


def in_mid_load(stage: Stage, times: int, blow: Callable[[], None]) -> bool:
    """Strike again and again while people work; afterwards hold the site to its word."""
    recovered = []
    with stage.load(slug := stage.new_project(tasks=TASKS)) as load:
        for _time in range(times):
            load.wait_for_answers(BETWEEN)
            blow()
            recovered.append(load.wait_for_answers(1))
        load.wait_for_answers(BETWEEN)
    print(f"  at work again {max(recovered):.1f} s after at most, {load.cut_off} requests were cut off")
    return labels_follow(stage, slug, load) and kept_its_word(stage.site.url, load)


def kept_its_word(url: str, load: Load) -> bool:
    lost, wrong = oracle.forgotten(url, load.acknowledged), oracle.contradictions(DATABASE)
    print(f"  {len(load.acknowledged)} requests acknowledged, {len(lost)} of them forgotten; tasks {wrong}")
    print(f"  refused with {load.refusals or 'nothing'}; nobody waited longer than {load.slowest:.1f} s")
    allowed = {(503, "unavailable", "5")}
    return not lost and wrong == oracle.NONE and load.refusals <= allowed and load.slowest < LONGEST_WAIT


def plant_a_fault(stage: Stage, times: int) -> bool:
    """A database that may forget what it acknowledged must be found out every time."""
    found = []
    for _time in range(times):
        stage.restart_database(*LOSES_AT_A_CRASH)
        with stage.load(stage.new_project()) as load:
            load.wait_for_answers(BETWEEN)
            stage.postgres.kill()
        stage.postgres.start()
        stage.wait_until_ready()
        found.append(len(oracle.forgotten(stage.site.url, load.acknowledged)))
    print(f"  with synchronous_commit=off, forgotten requests were found in {sum(map(bool, found))} of {times} crashes")
    return all(found)


def lose_broker(stage: Stage, times: int) -> bool:
    """Compare how long an answer takes with and without a broker, in turns; both need the same from
    the processor."""
    waits: dict[str, list[float]] = {"normal": [], "away": [], "silent": []}
    with stage.load(slug := stage.new_project(tasks=TASKS)) as load:
        for turn in range(times):
            waits["normal"] += waits_in_a_phase(load)
            name, without_broker = [("away", stage.broker_away), ("silent", stage.broker_silent)][turn % 2]
            with without_broker():
                waits[name] += waits_in_a_phase(load)
            stage.wait_until_ready()
            time.sleep(PHASE / 2)
    p99 = {name: percentile(found, 99) for name, found in waits.items()}
    for name, found in waits.items():
        middle, ratio = percentile(found, 50), p99[name] / p99["normal"]
        print(f"  {name}: {len(found)} answers, median {middle:.1f} ms, p99 {p99[name]:.1f} ms, ratio {ratio:.2f}")
    as_fast = max(p99.values()) <= MOST_P99 * p99["normal"]
    return labels_follow(stage, slug, load) and kept_its_word(stage.site.url, load) and as_fast


def waits_in_a_phase(load: Load) -> list[float]:
    """How long each answer took that was acknowledged while the phase lasted, in ms."""
    first = len(load.replies)
    time.sleep(PHASE)
    return [seconds * 1000 for seconds in load.waits(first)]


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


def labels_follow(stage: Stage, slug: str, load: Load) -> bool:
    """Whether the labels rest on every answer before too long, and are those of a fit from scratch
    to the last bit."""
    started = time.monotonic()
    wait_until(lambda: stage.answers_in_labels(slug) == len(load.submitted), RIGHT_AGAIN)
    print(f"  every answer is in its label {time.monotonic() - started:.1f} s after the last one")
    said = stage.verify(slug).strip()
    print(f"  {said}")
    return said.endswith("every label is what the answers say")


def empty_broker(stage: Stage, times: int) -> bool:
    broker, kept = redis.Redis.from_url(stage.redis.url), []
    for _time in range(times):
        slug, small = stage.new_project(tasks=300), stage.new_project(tasks=1, min_responses=1, lease_seconds=5)
        stage.lease(small, stage.workers[0])
        with stage.load(slug) as load:
            load.wait_for_answers(BETWEEN)
            broker.flushall()
            load.wait_for_answers(BETWEEN)
        kept.append(labels_follow(stage, slug, load) and kept_its_word(stage.site.url, load))
        wait_until(lambda project=small: stage.lease(project, stage.workers[1]) != [], RIGHT_AGAIN)
    return all(kept)


def change_clocks(stage: Stage, times: int) -> bool:
    """Work at three hosts whose clocks are a day apart, and ask each for what another one
    acknowledged."""
    slug, kept = stage.new_project(tasks=TASKS, lease_seconds=5), []
    with ExitStack() as running:
        hosts = [stage.site.url, *(running.enter_context(web_host(stage.site, clock)) for clock in ("+1d", "-1d"))]
        loads = [
            running.enter_context(Load(host, slug, [key])) for host, key in zip(hosts, stage.workers, strict=False)
        ]
        for load in loads * times:
            load.wait_for_answers(BETWEEN)
        for load, other in zip(loads, hosts[1:] + hosts[:1], strict=True):
            load.stop()
            kept.append(kept_its_word(other, load))
    return all(kept)


DRILLS: dict[str, Drill] = {
    "web": kill_web_processes,
    "jobs": kill_job_processes,
    "jobs-repeated": repeat_jobs,
    "database-stopped": stop_database,
    "database-killed": kill_database,
    "planted-fault": plant_a_fault,
    "broker": lose_broker,
    "broker-emptied": empty_broker,
    "clocks": change_clocks,
}

if __name__ == "__main__":
    sys.exit(main())
