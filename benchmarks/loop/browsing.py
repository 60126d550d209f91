"""python -m benchmarks.loop.browsing: how long each filter and each order of a project's tasks
takes, in this process, without the network. Times of the processor are those of this process and
of the database's: on a machine that has others to serve the clock says little."""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from benchmarks.loop.database import migrated_database
from benchmarks.work.tally import percentiles

MOST_P95 = 150.0
WORKERS = 200
ASKED = (
    "",
    "sort=-id",
    "sort=confidence",
    "sort=-confidence",
    "sort=-updated",
    "sort=updated",
    "sort=-answers",
    "q=t00123",
    "q=t0",
    "q=t0&sort=-confidence",
    "state=settled",
    "state=open",
    "state=disputed",
    "state=disputed&sort=confidence",
    "state=open&sort=-answers",
    "state=exhausted",
    "class=c1",
    "class=rare",
    "class=rare&sort=confidence",
    "class=rare&sort=-updated",
    "min_confidence=0.6&max_confidence=0.6001",
    "min_confidence=0.6&max_confidence=0.6001&sort=confidence",
    "min_confidence=0.6&max_confidence=0.6001&sort=-answers",
    "worker=busy",
    "worker=busy&class=rare&sort=-updated",
    "worker=rare",
    "gold=true",
    "gold=false",
    "flag=passed_on",
    "flag=suspect_gold",
    "text=299999",
    "text=nowhere",
    "text=nowhere&sort=confidence",
    "text=nowhere&worker=few",
    "limit=1000",
)
SERIES = {
    "postgresql": "GENERATE_SERIES(1, {n}) AS series(n)",
    "sqlite": "(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {n}) "
    "SELECT n FROM series) AS series",
}
WORDS = {
    "postgresql": {
        "json": "JSONB",
        "ago": "NOW() - (n % 100000) * INTERVAL '1 second'",
        "number": "TO_CHAR(n, 'FM0000000')",
    },
    "sqlite": {
        "json": "TEXT",
        "ago": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW', '-' || (n %% 100000) || ' seconds')",
        "number": "PRINTF('%%07d', n)",
    },
}
TASKS = """
    INSERT INTO tasks_task (project_id, external_id, data, priority, answers_needed, bucket, purpose, has_content,
        answers_counted, leases_live, urgency, revision, judged_revision, passed_on)
    SELECT {project}, 't' || {number},
        CAST('{{"text": "Which bird is it? Number ' || n || ' of many, seen in a wood."}}' AS {json}), 0, 5, 0,
        CASE WHEN n % 200 = 0 THEN 'gold' ELSE 'work' END, TRUE, CASE WHEN n % 10 = 1 THEN 0 ELSE 3 + n % 3 END,
        0, 0, 2, 2, n % 500 = 0
    FROM {series}"""
ANSWERS = """
    INSERT INTO tasks_response (task_id, worker_id, answer, counted, received_at)
    SELECT task.id, {first} + (task.id + 37 * n) % {workers}, CAST('0' AS {json}), TRUE, {ago}
    FROM tasks_task AS task JOIN {series} ON n <= task.answers_counted WHERE task.project_id = {project}"""
LABELS = """
    INSERT INTO quality_consensus (task_id, project_id, label, confidence, detail, responses, state, source, revision,
        updated_at)
    SELECT task.id, {project}, CAST(CASE WHEN n % 5000 = 7 THEN '4' ELSE CAST(n % 4 AS TEXT) END AS {json}),
        0.5 + ((n * 7919) % 50000) / 100000.0, CAST('[0.1, 0.2, 0.3, 0.3, 0.1]' AS {json}), task.answers_counted,
        CASE WHEN n % 50 = 0 THEN 'disputed' WHEN n % 7 = 0 THEN 'open' ELSE 'settled' END, 'consensus', 1, {ago}
    FROM (SELECT task.*, task.id - {before} AS n FROM tasks_task AS task) AS task
    WHERE task.project_id = {project} AND task.answers_counted > 0"""


def main() -> None:
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split()))
    parser.add_argument("--tasks", type=int, default=300_000)
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--asked", nargs="*", default=ASKED, help="only these")
    options = parser.parse_args()
    os.environ["ALLOWED_HOSTS"] = "testserver"
    with (sqlite if options.sqlite else migrated_database)():
        people = filled(options.tasks)
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        for asked in options.asked:
            for name, key in people.items():
                asked = asked.replace(f"worker={name}", f"worker={key}")  # noqa: PLW2901
            measure(asked, options.samples)
        change(options.samples)


@contextmanager
def sqlite() -> Iterator[None]:
    """An empty database in a file."""
    with tempfile.TemporaryDirectory(prefix="crowd-bench-") as folder:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{folder}/db.sqlite3",
            REDIS_URL="redis://127.0.0.1:1/0",
            CROWD_DATA_DIR=folder,
            DJANGO_SETTINGS_MODULE="crowd.settings",
        )
        django.setup()
        call_command("migrate", verbosity=0)
        yield


def filled(tasks: int) -> dict[str, Any]:
    """The project with its answers, and workers with many answers, with some, and with hardly
    any."""
    from django.db import connection  # noqa: PLC0415 (needs the site's settings)

    from crowd.projects.models import Membership, Role  # noqa: PLC0415
    from tasks.models import Response, Task  # noqa: PLC0415
    from tests.cast import api_for  # noqa: PLC0415

    global alice  # noqa: PLW0603
    alice = api_for("alice@example.com")
    classes = ["c0", "c1", "c2", "c3", "rare"]
    made = {"slug": "large", "name": "Large", "schema": {"type": "choice", "classes": classes}}
    assert alice("POST", "/projects", made).status_code == 201
    project = alice.user.memberships.get().project
    names = [*map(str, range(WORKERS)), "rare", "few"]
    members = [Membership(project=project, name=name, role=Role.WORKER) for name in names]
    Membership.objects.bulk_create(members)
    words = {**WORDS[connection.vendor], "project": project.pk, "first": members[0].pk, "workers": WORKERS}
    series = SERIES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(_plain(TASKS.format(**words, series=series.format(n=tasks)), connection.vendor))
        before = Task.objects.order_by("pk").values_list("pk", flat=True)[0] - 1
        for statement in (ANSWERS.format(**words, series=series.format(n=5)), LABELS.format(**words, before=before)):
            cursor.execute(_plain(statement, connection.vendor))
    some = list(Task.objects.order_by("pk").values_list("pk", flat=True)[: 3000 * 90 : 90])
    Response.objects.bulk_create(Response(task_id=key, worker=members[-2], answer=0) for key in some[:30])
    Response.objects.bulk_create(Response(task_id=key, worker=members[-1], answer=0) for key in some)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}: {Task.objects.count():,} tasks, {Response.objects.count():,} answers", flush=True)
    return {"busy": members[0].pk, "rare": members[-2].pk, "few": members[-1].pk}


def _plain(statement: str, vendor: str) -> str:
    return statement.replace("%%", "%") if vendor == "sqlite" else statement


def on_processor() -> float:
    """Milliseconds that this process, and the one of the database that serves it, have had a
    processor."""
    from django.db import connection  # noqa: PLC0415

    spent = 1000 * time.process_time()
    if connection.vendor == "postgresql":
        backend = connection.connection.info.backend_pid
        spent += int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e6
    return spent


def measure(asked: str, samples: int) -> None:
    """The time of a page, from the first on, and again from the first after the last."""
    clock, processor, found, address = [], [], 0, None
    for _sample in range(samples):
        address = address or f"/projects/large/tasks?{asked if 'limit' in asked else f'limit=50&{asked}'}"
        started, spent = time.perf_counter(), on_processor()
        reply = alice("GET", address)
        processor.append(on_processor() - spent)
        clock.append(1000 * (time.perf_counter() - started))
        assert reply.status_code == 200, reply.content
        found += len(reply.json()["results"])
        address = reply.json()["next"] and reply.json()["next"].split("/api/v1")[1]
    (p50, p95), (least, most) = percentiles(processor, [50, 95]), percentiles(clock, [50, 95])
    slow = "" if p95 <= MOST_P95 else "  SLOW"
    told = f"processor p50 {p50:6.1f}, p95 {p95:6.1f} ms; clock {least:6.1f}, {most:6.1f}; {found / samples:.1f} a page"
    print(f"{asked or 'everything':58} {told}{slow}", flush=True)


def change(samples: int) -> None:
    """One task looked at and deleted, and as many at once as one request deletes."""
    names = iter(f"t{n:07d}" for n in range(3, 300_000, 7))
    for told, method in (("one task", "GET"), ("one task deleted", "DELETE")):
        processor = []
        for _sample in range(samples):
            spent = on_processor()
            assert alice(method, f"/projects/large/tasks/{next(names)}").status_code in (200, 204)
            processor.append(on_processor() - spent)
        p50, p95 = percentiles(processor, [50, 95])
        print(f"{told:58} processor p50 {p50:6.1f}, p95 {p95:6.1f} ms", flush=True)
    for _time in range(2):
        spent, started = on_processor(), time.perf_counter()
        body = {"tasks": [next(names) for _n in range(500)]}
        assert alice("POST", "/projects/large/task-deletions", body).json()["deleted"] == len(body["tasks"])
        clock = time.perf_counter() - started
        print(f"500 tasks deleted: processor {on_processor() - spent:.0f} ms, clock {clock:.1f} s", flush=True)


if __name__ == "__main__":
    main()
