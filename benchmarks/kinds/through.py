"""Votes gathered elsewhere go into a project by its API, are refreshed, and come out as labels."""

import csv
import io
import time
from collections.abc import Iterable, Sequence
from typing import Any

ROWS = 5_000  # of one request, which is read at once


def labels_through(
    slug: str, schema: Any, votes: Sequence[tuple[str, str, str]], gold: Iterable[tuple[str, str]] = (), **quality: Any
) -> tuple[dict[str, Any], dict[str, float]]:
    """task → row of the labels; and the seconds that each step took. Needs a database
    (`benchmarks.loop.database`)."""
    from django.conf import settings  # noqa: PLC0415 (needs the site's settings)

    from crowd.projects.models import Project  # noqa: PLC0415
    from quality.refresh.live import keep_up  # noqa: PLC0415
    from quality.refresh.scheduling import refresh_project  # noqa: PLC0415
    from tests.cast import api_for  # noqa: PLC0415

    if "testserver" not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS.append("testserver")
    api, seconds = api_for("alice@example.org"), {}
    body = {"slug": slug, "name": slug, "schema": schema, "quality": {"gold_rate": 0.0, **quality}}
    assert api("POST", "/projects", body).status_code == 201
    project = Project.objects.get(slug=slug)
    started = time.perf_counter()
    for path, header, rows in (("responses/import", "task,worker,answer", votes), ("gold", "task,answer", list(gold))):
        for start in range(0, len(rows), ROWS):
            table = _table(header, rows[start : start + ROWS])
            reply = api("POST", f"/projects/{slug}/{path}", table, content_type="text/csv")
            assert reply.status_code in (200, 201), reply.content
    seconds["import"], started = time.perf_counter() - started, time.perf_counter()
    keep_up(project)
    seconds["judge"], started = time.perf_counter() - started, time.perf_counter()
    refresh_project(project.pk)
    seconds["fit"] = time.perf_counter() - started
    return {row["task"]: row for row in _rows(api, f"/projects/{slug}/labels?limit=1000")}, seconds


def _table(header: str, rows: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([header.split(","), *rows])
    return file.getvalue()


def _rows(api: Any, path: str) -> Iterable[Any]:
    following: str | None = path
    while following:
        page = api("GET", following).json()
        yield from page["results"]
        following = page["next"] and page["next"].partition("/api/v1")[2]
