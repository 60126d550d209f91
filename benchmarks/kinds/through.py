"""Votes gathered elsewhere go into a project by its API, are refreshed, and come out as labels."""

import csv
import io
import time
from collections.abc import Iterable, Sequence
from typing import Any

ROWS = 5_000  # of one request, which is read at once


def labels_through(
    slug: str, schema: Any, votes: Sequence[tuple[str, str, str]], gold: Iterable[tuple[str, Any]] = (), **quality: Any
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
    for start in range(0, len(known := list(gold)), ROWS):  # before anybody answers: else it is no sample
        tasks = [_known(*each) for each in known[start : start + ROWS]]
        assert api("POST", f"/projects/{slug}/tasks", {"tasks": tasks}).status_code == 201
    for start in range(0, len(votes), ROWS):
        table = _table(votes[start : start + ROWS])
        reply = api("POST", f"/projects/{slug}/responses/import", table, content_type="text/csv")
        assert reply.status_code == 201, reply.content
    seconds["import"], started = time.perf_counter() - started, time.perf_counter()
    keep_up(project)
    seconds["judge"], started = time.perf_counter() - started, time.perf_counter()
    refresh_project(project.pk)
    seconds["fit"] = time.perf_counter() - started
    return {row["task"]: row for row in _rows(api, f"/projects/{slug}/labels?limit=1000")}, seconds


def _known(task: str, answer: Any) -> dict[str, Any]:
    return {"external_id": task, "data": {"text": task}, "gold": {"answer": answer}}


def _table(rows: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([("task", "worker", "answer"), *rows])
    return file.getvalue()


def _rows(api: Any, path: str) -> Iterable[Any]:
    following: str | None = path
    while following:
        page = api("GET", following).json()
        yield from page["results"]
        following = page["next"] and page["next"].partition("/api/v1")[2]
