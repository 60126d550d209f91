"""A site of which everything may be hurt: its processes, its database, its broker."""

import os
import random
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import environ
import redis
from celery import Celery
from django.conf import settings
from django.db import connections

from crowd.people.models import ApiKey, User
from tests import servers
from tests.drills.line import Line
from tests.drills.load import Load
from tests.journeys.family import Process
from tests.journeys.site import Site, environment, wait_until

DATABASE = "stage"  # the alias under which the tests read the site's database
TASKS, NEEDED, WORKERS = 600, 3, 4
# What was acknowledged in the last ten seconds, however much it was.
LOSES_AT_A_CRASH = ("synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=1GB", "wal_buffers=64MB")


class Stage:
    """The site, a project with tasks in it, and people who work there."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.redis = servers.PostgreSQL(), servers.Redis()
        self.postgres.start()
        self.redis.start()
        self.line = Line(self.redis.port)
        self.variables = environment("embedded") | {
            "DATABASE_URL": f"{self.postgres.url}/postgres",
            "REDIS_URL": self.redis.url_through(self.line.port),
            "CROWD_DEMO": "0",
        }
        self.site = Site(folder / "data", self.variables)
        url = environ.Env.db_url_config(self.variables["DATABASE_URL"])
        connections.databases[DATABASE] = connections.configure_settings({"default": {}, DATABASE: url})[DATABASE]
        self._projects = 0

    def __enter__(self) -> Self:
        self.site.wait_until_announced()
        self.people = [f"worker{number}@example.org" for number in range(WORKERS)]
        self.owner, *self.workers = [self._new_key(email) for email in ("alice@example.org", *self.people)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        connections[DATABASE].close()
        del connections.databases[DATABASE]
        self.site.end()
        self.line.close()

    @staticmethod
    def _new_key(email: str) -> str:
        user = User.objects.using(DATABASE).create(email=email, address_confirmed=True)
        _key, secret = ApiKey.objects.using(DATABASE).create_key(user=user, name="drills")
        return secret

    def new_project(self, *, tasks: int = TASKS, **quality: Any) -> str:
        """A project with tasks to answer and everybody in it; returns its slug."""
        self._projects += 1
        slug = f"birds-{self._projects}"
        schema = {"type": "choice", "classes": ["yes", "no"]}
        policy = {"method": "majority", "min_responses": NEEDED, "max_responses": NEEDED} | quality
        rows = [{"external_id": f"t{number}", "data": {"text": f"Bird {number}?"}} for number in range(tasks)]
        self.call("POST", "/projects", {"slug": slug, "name": slug, "schema": schema, "quality": policy})
        self.call("POST", f"/projects/{slug}/tasks", {"tasks": rows})
        for email in self.people:
            self.call("POST", f"/projects/{slug}/members", {"email": email, "role": "worker"})
        return slug

    def call(self, method: str, path: str, body: object = None) -> Any:
        """What the owner gets from the API."""
        return self._ask(method, path, self.owner, body)

    def lease(self, slug: str, worker: str) -> list[dict[str, Any]]:
        """The next task of this worker, if there is one."""
        leased: list[dict[str, Any]] = self._ask("POST", f"/projects/{slug}/assignments", worker, {})["assignments"]
        return leased

    def _ask(self, method: str, path: str, api_key: str, body: object) -> Any:
        """Ask again while the site says so: after a crash each connection that it kept is found
        broken once."""
        replies = (self.site.call(method, path, api_key, body) for _time in range(20))
        reply = next(reply for reply in replies if reply.status != 503)
        assert reply.status < 300, reply
        return reply.body

    def load(self, slug: str, **options: Any) -> Load:
        return Load(self.site.url, slug, self.workers, **options)

    def restart_database(self, *settings: str) -> None:
        self.postgres.stop_immediately()
        self.postgres.start(*settings)
        self.wait_until_ready()

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """Crash the database, and start it again when the block ends."""
        self.postgres.stop_immediately()
        try:
            yield
        finally:
            self.postgres.start()

    @contextmanager
    def broker_away(self) -> Iterator[None]:
        """Kill the broker, and start an empty one when the block ends."""
        self.redis.kill()
        try:
            yield
        finally:
            self.redis.start()

    @contextmanager
    def broker_silent(self) -> Iterator[None]:
        """The broker accepts whoever calls and says nothing, until the block ends."""
        self.line.go_dead()
        try:
            yield
        finally:
            self.line.come_back()

    def wait_until_ready(self) -> None:
        """Wait until the site has noticed that what it needs is back."""
        wait_until(lambda: self.site.readiness()["status"] == "ok", 30)

    def answers_in_labels(self, slug: str) -> int:
        """How many answers the labels of a project rest on."""
        found, path = 0, f"/projects/{slug}/labels?limit=1000"
        while path:
            page = self.call("GET", path)
            found += sum(label["responses"] for label in page["results"] if label["label"] is not None)
            path = (page["next"] or "").partition("/api/v1")[2]
        return found

    def verify(self, slug: str) -> str:
        """What the site's own check of its labels says, once everything is worked out."""
        return self.site.manage("verify_consensus", slug)

    def web_processes(self) -> list[Process]:
        """Those that answer requests; the one that started them does not."""
        master = self.site.child("gunicorn")
        return [process for process in self.site.family() if process.parent == master.pid]

    def kill_a_web_process(self) -> None:
        os.kill(random.choice(self.web_processes()).pid, signal.SIGKILL)

    def kill_a_job_process(self) -> None:
        """One that does jobs, whatever it is doing; the one that hands them out starts another."""
        self.send_jobs([("quality.sweep", [])])
        self.wait_until_jobs_are_taken()  # while it starts the first ones, the one that hands them out gives up
        os.kill(random.choice(self.job_processes()).pid, signal.SIGKILL)

    def job_processes(self) -> list[Process]:
        master = self.site.child(" worker")
        return [process for process in self.site.family() if process.parent == master.pid]

    def send_jobs(self, jobs: Iterable[tuple[str, list[Any]]]) -> None:
        """Have jobs done, by name and arguments, however late it is for them."""
        with Celery(broker=self.redis.url) as broker:
            for name, arguments in jobs:
                broker.send_task(name, args=arguments, queue=settings.CELERY_TASK_DEFAULT_QUEUE)

    def wait_until_jobs_are_taken(self) -> None:
        queue = redis.Redis.from_url(self.redis.url)
        wait_until(lambda: queue.llen(settings.CELERY_TASK_DEFAULT_QUEUE) == 0, 60)
