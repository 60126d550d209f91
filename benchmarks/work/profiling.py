"""python -m benchmarks.work.profiling: where a web process and the database spend their time while
16 workers work.

The same application under the same web server, with a profile around every request: CPU time of all
its threads added up, waiting not counted. Of the database, the statements that took most, planning
included.
"""

import argparse
import atexit
import cProfile
import os
import pstats
import signal
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.work import load
from benchmarks.work.site import running_service
from tests.journeys.site import wait_until

OUTPUT = "BENCHMARK_PROFILE"
STATISTICS = ("shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track_planning=on")
STATEMENTS = """
    SELECT calls, total_plan_time / calls, total_exec_time / calls, total_plan_time + total_exec_time,
           left(regexp_replace(query, '\\s+', ' ', 'g'), 150)
    FROM pg_stat_statements WHERE calls > 0 ORDER BY 4 DESC LIMIT 15"""


class Profiled:
    """A WSGI application whose threads each keep a profile, which are saved as one when the process
    ends."""

    def __init__(self, application: Any, output: Path) -> None:
        self._application, self._output = application, output
        self._local = threading.local()
        self._profiles: list[cProfile.Profile] = []
        self._owner = os.getpid()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._owner != os.getpid():  # the web server loads the application before it forks
            self._owner = os.getpid()
            atexit.register(self._save)
        profile = getattr(self._local, "profile", None)
        if profile is None:
            profile = self._local.profile = cProfile.Profile(time.thread_time)  # waiting is not counted
            self._profiles.append(profile)
        return profile.runcall(self._application, environ, start_response)

    def _save(self) -> None:
        stats = pstats.Stats(self._profiles[0])
        for profile in self._profiles[1:]:
            stats.add(profile)
        stats.dump_stats(self._output)


def __getattr__(name: str) -> Any:
    """`application`, for the web server only: the benchmark itself needs no Django."""
    if name != "application":
        raise AttributeError(name)
    from crowd.wsgi import application  # noqa: PLC0415

    return globals().setdefault("application", Profiled(application, Path(os.environ[OUTPUT])))


def show_statements(connection: psycopg.Connection, pairs: int) -> None:
    for calls, planning, execution, total, statement in connection.execute(STATEMENTS):
        print(f"{calls / pairs:5.2f} {planning:6.3f} {execution:6.3f} {total / pairs:6.3f}  {statement}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--ahead", action="store_true", help="submit with ?next=1")
    parser.add_argument("--lines", type=int, default=40)
    options = parser.parse_args()
    with running_service(*STATISTICS) as service:
        service.new_project("profiled", min_responses=3, max_responses=3)
        service.add_tasks("profiled", options.tasks)
        keys = service.workers("profiled", 16)
        output = service.site.data / "profile"
        web = service.start_web(
            "benchmarks.work.profiling:application", CROWD_WEB_PROCESSES="1", **{OUTPUT: str(output)}
        )
        load.run(web.url, "profiled", keys, load.Plan(2, options.ahead))
        service.wait_until_quiet()
        with psycopg.connect(service.site.variables["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
            connection.execute("SELECT pg_stat_statements_reset()")
            tally = load.run(web.url, "profiled", keys, load.Plan(options.seconds, options.ahead))
            print(tally, "\n\na pair: calls, ms of planning and of execution a call, ms a pair, statement")
            show_statements(connection, len(tally.acknowledged))
        os.kill(web.pid, signal.SIGTERM)
        wait_until(output.exists, 30)
        time.sleep(1)
        for order in ("tottime", "cumulative"):
            pstats.Stats(str(output), stream=sys.stdout).sort_stats(order).print_stats(options.lines)


if __name__ == "__main__":
    main()
