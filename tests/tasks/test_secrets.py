"""What a worker may not know, looked for in everything that any route says to a worker, errors
included."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from crowd.projects.models import Membership, Project
from quality.gold.giving import give_gold
from quality.refresh.scheduling import refresh_project
from tasks.models import Assignment, Task
from tasks.queue.leasing import lease_tasks
from tests.cast import Api, api_for, worker_of

FIRST_KEY = 918_273_000_000
EXTERNAL_ID, EXPLANATION, OTHER = "secret-external-id", "secret-explanation", "secret-colleague@example.com"
WORDS = "gold purpose bucket buckets queued_at answers_needed answers_counted leases_live consensus confidence urgency"
FORBIDDEN = re.compile(
    rf"{EXTERNAL_ID}|{EXPLANATION}|{OTHER}|{FIRST_KEY // 1_000_000}\d{{6}}"
    rf"|(?<![A-Za-z0-9-])(?:is_)?(?:{'|'.join(WORDS.split())})(?:_[a-z_]+)?(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
# The documents of the API and the form for one's own project are for everybody, and say what owners
# can do.
PUBLIC = {"api/v1/schema", "api/v1/docs", "projects/new"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODIES: tuple[Any, ...] = ({"unknown": 1}, "{torn")
BODIES_OF_WORK: tuple[Any, ...] = (*BODIES, {}, {"answer": "maybe"}, {"answer": "yes"}, {"answer": "no"}, {"count": 3})


@pytest.fixture
def secretive(project: Project, alice: Api, bob: Api) -> Project:
    """A project with much to hide: thirty tasks, half of them gold, answered by a colleague, and
    judged."""
    Project.objects.update(gold_rate=0.5)
    project.refresh_from_db()
    Task.objects.bulk_create(
        Task(
            pk=FIRST_KEY + n,
            project=project,
            external_id=f"{EXTERNAL_ID}-{n}",
            data={"text": "Bird?"},
            answers_needed=3,
        )
        for n in range(30)
    )
    for task in Task.objects.select_related("project").order_by("pk")[:15]:
        give_gold(task=task, actor=alice.user, answer="yes", explanation=EXPLANATION)
    colleague = api_for(OTHER)
    Membership.objects.create(project=project, user=colleague.user, role="worker")
    for assignment in lease_tasks(worker=worker_of(colleague, project), count=20)[0]:
        colleague("PUT", f"/assignments/{assignment.token}/response", {"answer": "no"})
    refresh_project(project.pk)
    return project


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Every address of the site."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern) and "(" not in path:
            yield path


def addresses(route: str, worker: Membership) -> Iterator[str]:
    """The route with what is there, and with what is not: of another's, or of nobody's."""
    held, theirs = (Assignment.objects.filter(state=state).latest("pk").token for state in ("live", "submitted"))
    fillings = (
        {"slug": "birds", "token": held, "external_id": "t0", "pk": worker.pk},
        {"slug": "birds", "token": theirs, "external_id": "t0", "pk": worker.pk + 1},
        {"slug": "none", "token": "none", "external_id": "none", "pk": 1_000_000},
    )
    for filling in fillings:
        parts = re.split(r"<(?:\w+:)?(\w+)>", route)  # texts and names in turn
        yield "/" + "".join(str(filling.get(part, "none")) if n % 2 else part for n, part in enumerate(parts))


def everything_said_to(bob: Api, project: Project) -> Iterator[tuple[str, int, str]]:
    """What was asked, the status, and headers and body."""
    worker, browser = worker_of(bob, project), Client()
    browser.force_login(bob.user, "allauth.account.auth_backends.AuthenticationBackend")
    for route in routes(get_resolver()):
        if route in PUBLIC or route.startswith("accounts/"):
            continue
        lease_tasks(worker=worker)
        for address in addresses(route, worker):
            for method, body in _requests(route):
                reply = _ask(bob, browser, method, address, body)
                content = b"".join(reply) if reply.streaming else reply.content
                said = f"{dict(reply.headers)}\n{content.decode(errors='replace')}"
                yield f"{method} {address} {body}", reply.status_code, said.replace(address, "")


def _requests(route: str) -> Iterator[tuple[str, Any]]:
    bodies = BODIES_OF_WORK if "assignments" in route else BODIES
    for method in METHODS:
        yield from [(method, None)] if method in ("GET", "DELETE") else [(method, body) for body in bodies]


def _ask(bob: Api, browser: Client, method: str, address: str, body: Any) -> Any:
    if address.startswith("/api/v1"):
        return bob(method, address.removeprefix("/api/v1"), body)
    return browser.generic(method, address, "" if body is None else json.dumps(body), "application/json")


def test_nothing_that_is_said_to_a_worker_gives_anything_away(secretive: Project, bob: Api) -> None:
    statuses, given_away = set(), {}
    for asked, status, said in everything_said_to(bob, secretive):
        statuses.add(status)
        if found := FORBIDDEN.findall(said):
            given_away[asked] = (status, sorted(set(found)))
    assert given_away == {}
    assert statuses >= {200, 201, 204, 400, 403, 404, 405, 409}


@pytest.mark.parametrize(
    "said", ['{"is_gold": true}', '{"task": 918273000007}', "secret-external-id-3", "<td>gold</td>", '"bucket": 3']
)
def test_the_search_finds_what_it_looks_for(said: str) -> None:
    assert FORBIDDEN.search(said)
