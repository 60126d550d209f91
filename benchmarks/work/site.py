"""The real service on a private PostgreSQL and Redis, with projects, workers and keys, and what its
processes cost."""

import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import psycopg

from benchmarks.work.usage import cpu_seconds, machine_busy_seconds
from crowd import paths, processes
from tests import servers
from tests.journeys.family import family
from tests.journeys.site import Site, environment, wait_until

BATCH = 10_000  # tasks of one request
SCHEMA = {"type": "choice", "classes": ["yes", "no"]}
OWNER = "alice@example.org"
QUIET_SPAN, QUIET_SHARE = 14.0, 0.1  # longer than a project waits for its last fit; the share that idle jobs take


@dataclass(frozen=True, slots=True)
class Web:
    """A web server, and the process to ask for its cost."""

    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Service:
    """The running service, its owner's key, and its database's process."""

    site: Site
    owner: str
    database_pid: int

    @property
    def web(self) -> Web:
        return Web(self.site.url, self.site.child("gunicorn").pid)

    @property
    def jobs_pid(self) -> int:
        return self.site.child("crowd.celery worker").pid

    def new_project(self, slug: str, **quality: Any) -> None:
        body = {"slug": slug, "name": slug.title(), "schema": SCHEMA, "quality": {"gold_rate": 0} | quality}
        reply = self.site.call("POST", "/projects", self.owner, body)
        assert reply.status == 201, reply

    def add_tasks(self, slug: str, count: int) -> None:
        """Through the API, in requests as large as it allows."""
        for start in range(0, count, BATCH):
            reply = self.site.call(
                "POST", f"/projects/{slug}/tasks", self.owner, tasks(start, min(count, start + BATCH))
            )
            assert reply.status == 201, reply

    def workers(self, slug: str, count: int) -> list[str]:
        """Keys of that many workers of the project."""
        return self.site.keys(*(self.email(f"worker{n}") for n in range(count)), project=slug, role="worker")

    def worker(self, slug: str, name: str) -> str:
        """A key of this worker, who is made if need be."""
        return self.site.keys(self.email(name), project=slug, role="worker")[0]

    @staticmethod
    def email(name: str) -> str:
        return f"{name}@example.org"

    def use_models(self) -> None:
        use_models(self.site)

    def wait_until_quiet(self, seconds: float = 1800) -> float:
        """Wait until jobs and database have caught up with what was put in; returns how long that
        took."""
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            meter = Meter(jobs=self.jobs_pid, database=self.database_pid)
            time.sleep(QUIET_SPAN)
            if sum(meter.spent().values()) < QUIET_SHARE * QUIET_SPAN:
                return time.perf_counter() - started
        raise TimeoutError(f"jobs and database were still busy after {seconds:.0f} s")

    def start_web(self, application: str, **variables: str) -> Web:
        """Another application under the web server, the configuration and the environment of the
        site."""
        port = servers.free_port()
        environment = self.site.variables | {"PORT": str(port), "CROWD_DATABASE_POOL": "1"} | variables
        log = self.site.data / "logs" / f"{application.partition(':')[0]}.log"
        command = [sys.executable, "-m", "gunicorn", "--config", "python:crowd.server.web", application]
        with log.open("ab") as output:
            web = processes.start(command, cwd=paths.ROOT, env=environment, stdout=output, stderr=output)
        wait_until(lambda: servers.is_listening(port), 60)
        return Web(f"http://127.0.0.1:{port}", web.pid)


def use_models(site: Site) -> None:
    """Let this process use the site's models, on the site's database."""
    names = ("DATABASE_URL", "REDIS_URL", "CROWD_DATA_DIR")
    os.environ.update({name: site.variables[name] for name in names if name in site.variables})
    os.environ["DJANGO_SETTINGS_MODULE"] = "crowd.settings"
    django.setup()


def send_votes(site: Site, slug: str, owner: str, rows: Iterable[str]) -> None:
    """Have votes imported, a row of task, worker and answer each. Returns when they were
    received."""
    headers = {"Authorization": f"Bearer {owner}", "Content-Type": "text/csv"}
    votes = "\n".join(["task,worker,answer", *rows]).encode()
    request = urllib.request.Request(f"{site.url}/api/v1/projects/{slug}/responses/import", votes, headers)
    with urllib.request.urlopen(request, timeout=120) as reply:
        assert reply.status in (201, 202)


def tasks(start: int, end: int) -> dict[str, Any]:
    """The body of a request that adds these tasks."""
    return {"tasks": [{"external_id": f"t{n}", "data": {"text": f"Is number {n} a bird?"}} for n in range(start, end)]}


@contextmanager
def running_service(*database_settings: str) -> Iterator[Service]:
    """Start everything, on a database that keeps what it acknowledged, and stop it in the end."""
    with running_site("postgres", *database_settings) as site:
        (database,) = (p for p in family(os.getpid()) if p.parent == os.getpid() and "bin/postgres" in p.command)
        yield Service(site, site.keys(OWNER)[0], database.pid)


@contextmanager
def running_site(setup: str, *database_settings: str, **variables: str) -> Iterator[Site]:
    """A site without demo: on what a start without settings runs on (embedded), or on PostgreSQL
    and Redis."""
    if setup == "postgres":
        postgres = servers.PostgreSQL()
        postgres.start(*database_settings)
        os.environ["DATABASE_URL"] = f"{postgres.url}/postgres"
    with tempfile.TemporaryDirectory(prefix="crowd-bench-") as folder:
        site = Site(Path(folder) / "data", environment(setup) | {"CROWD_DEMO": "0"} | variables)
        try:
            yield site.wait_until_announced()
        finally:
            site.end()


class Meter:
    """CPU seconds of named process families while something runs, and how busy the machine was with
    other work."""

    def __init__(self, **pids: int) -> None:
        self._pids = pids
        self._started = time.perf_counter()
        self._before = self._now()
        self._busy = self._all_busy()

    def _now(self) -> dict[str, float]:
        return {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    @staticmethod
    def _all_busy() -> float:
        return machine_busy_seconds() - time.process_time()

    def spent(self) -> dict[str, float]:
        return {name: after - self._before[name] for name, after in self._now().items()}

    def others(self) -> float:
        """How many cores, of those there are, had something else to do. It spoils what is
        measured."""
        elapsed = time.perf_counter() - self._started
        return max(0.0, (self._all_busy() - self._busy - sum(self.spent().values())) / elapsed)


def tidy(database_url: str) -> None:
    """What autovacuum would do within minutes: figures must not depend on when it comes."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
