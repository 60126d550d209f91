"""A project with one of everything, and the fuzzer let loose on it as each of its people."""

import json
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys.site import Site

# Not every rule can be written in a schema: that two classes may not share a name, for one.
EXCEPT = "positive_data_acceptance"
BOUNDARY = "a-file-of-a-form"
TASKS = {"gold": "t1", "adjudication": "t2"}  # that have one
TURNED_AWAY = {401, 403, 404, 405}
ROLES = ("owner", "manager", "reviewer", "worker", "outsider")
PROJECT = {
    "name": "Fuzz",
    "schema": {"type": "choice", "classes": ["a", "b"]},
    "quality": {"granted_skill": "seeing", "gold_rate": 0.0},
}


@dataclass
class World:
    """Names that lead to something, for every route that takes one."""

    site: Site
    slug: str
    keys: dict[str, str]
    ids: dict[str, Any] = field(default_factory=dict)  # by what comes before them in the path
    token: str = ""  # of a lease
    answered: str = ""  # the token of an answer that may still be taken back
    met: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # statuses of each operation

    def call(self, role: str, method: str, path: str, body: object = None) -> Any:
        reply = self.site.call(method, f"/projects/{self.slug}{path}", self.keys[role], body)
        assert reply.status < 300, (method, path, reply)
        return reply.body

    def settings(self) -> str:
        """The fuzzer's configuration: which input of which route must name what."""
        lines = ["[parameters]", f'slug = "{self.slug}"', 'external_id = "t0"', f'token = "{self.token}"']
        for name, number in self.ids.items():
            numbers = f"id = {number}\ndelivery_pk = {self.ids['deliveries']}"
            lines += _only(f'include-path-regex = "/{name}/[{{]id[}}]"', numbers)
        for what, task in TASKS.items():
            lines += _only(f'include-path-regex = "/{what}$"', f'external_id = "{task}"')
        lines += _only('include-name = "DELETE /api/v1/assignments/{token}/response"', f'token = "{self.answered}"')
        return "\n".join(lines)

    def note_what_came_back(self, report: Path) -> None:
        """Add the statuses of a run's requests to those that its operations have met."""
        for line in report.read_text().splitlines():
            for operation, status in _statuses(json.loads(line)):
                self.met[operation].add(status)

    @property
    def never_let_in(self) -> set[str]:
        """The operations that said nothing but that there is no such thing, or that it is somebody else's."""
        return {operation for operation, statuses in self.met.items() if statuses <= TURNED_AWAY}


def _only(operation: str, parameters: str) -> list[str]:
    return ["", "[[operations]]", operation, "[operations.parameters]", parameters]


def _statuses(part: Any, operation: str = "") -> Iterator[tuple[str, int]]:
    """The operation and the status of each response in a part of a report."""
    if isinstance(part, dict):
        operation = part.get("label") or operation
        if isinstance(status := part.get("status_code"), int):
            yield operation, status
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _statuses(below, operation)


def make_world(site: Site, slug: str) -> World:
    """Make the project, its people, and one of everything that has a number."""
    people = {role: f"{slug}-{role}@example.com" for role in ROLES}
    world = World(site, slug, dict(zip(ROLES, site.keys(*people.values()), strict=True)))
    site.call("POST", "/projects", world.keys["owner"], PROJECT | {"slug": slug})
    members = {
        role: world.call("owner", "POST", "/members", {"email": people[role], "role": role})
        for role in ("manager", "reviewer", "worker")
    }
    tasks = [{"external_id": f"t{n}", "data": {"text": "?"}} for n in range(20)]
    world.call("owner", "POST", "/tasks", {"tasks": tasks})
    leased = world.call("worker", "POST", "/assignments", {"count": 3})["assignments"]
    site.call("PUT", f"/assignments/{leased[0]['token']}/response", world.keys["worker"], {"answer": "a"})
    world.token = leased[1]["token"]
    world.answered = leased[0]["token"]
    world.call("owner", "PUT", f"/tasks/{TASKS['gold']}/gold", {"answer": "a"})
    world.call("owner", "PUT", f"/tasks/{TASKS['adjudication']}/adjudication", {"answer": "b"})
    worker = members["worker"]["id"]
    for verb in ("void", "restore"):
        world.call("owner", "POST", f"/workers/{worker}/{verb}")
    world.ids = {"members": worker, "workers": worker, "imports": _import(world)}
    world.call("owner", "POST", "/members", {"email": f"{slug}-waiting@example.com", "role": "reviewer"})
    world.ids["waiting-members"] = world.call("owner", "GET", "/waiting-members")["results"][0]["id"]
    world.ids["invite-links"] = world.call("owner", "POST", "/invite-links", {})["id"]
    world.ids["skills"] = world.call("owner", "POST", "/skills", {"email": people["worker"]})["id"]
    world.ids["refreshes"] = world.call("owner", "POST", "/refresh")["id"]
    world.ids["replays"] = world.call("owner", "POST", "/replays", {})["id"]
    hook = {"url": "https://example.com/hook", "kinds": ["label.settled"]}
    world.ids["webhooks"] = world.call("owner", "POST", "/webhooks", hook)["id"]
    world.ids["deliveries"] = world.call("owner", "POST", f"/webhooks/{world.ids['webhooks']}/test")["id"]
    world.ids["appeals"] = _appeal(world, worker)
    return world


def _import(world: World) -> int:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\nid,text\nf1,?\n\r\n'
    headers = {
        "Authorization": f"Bearer {world.keys['owner']}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    address = f"{world.site}/api/v1/projects/{world.slug}/imports"
    request = urllib.request.Request(address, data=f"{part}--{BOUNDARY}--\r\n".encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        number: int = json.load(reply)["id"]
        return number


def _appeal(world: World, worker: int) -> int:
    """The worker is paused, objects, and is resumed."""
    world.call("owner", "PATCH", f"/members/{worker}", {"status": "paused"})
    world.call("worker", "POST", "/work/appeal", {"text": "Why?"})
    world.call("owner", "PATCH", f"/members/{worker}", {"status": "active"})
    number: int = world.call("owner", "GET", "/appeals")["results"][0]["id"]
    return number


def fuzz(world: World, role: str, folder: Path, *, seed: int, examples: int, phases: str, operations: str) -> str:
    """Let the fuzzer loose as this person; return what it has to say if it found something, else nothing.

    `operations` is a pattern of method and path: `^(POST|PUT) `.
    """
    settings = folder / "schemathesis.toml"
    settings.write_text(world.settings())
    program = Path(sys.executable).with_name("schemathesis")
    options = [f"--seed={seed}", f"--max-examples={examples}", f"--phases={phases}", "--generation-database=none"]
    options += ["--exclude-checks", EXCEPT, "--no-color", "--warnings=off", f"--include-name-regex={operations}"]
    report = folder / "report.ndjson"
    options += ["--report=ndjson", f"--report-ndjson-path={report}"]
    options += ["--header", f"Authorization: Bearer {world.keys[role]}"]
    command: list[str | Path] = [program, "--config-file", settings, "run", f"{world.site}/api/v1/schema", *options]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    world.note_what_came_back(report)
    return "" if run.returncode == 0 else run.stdout
