"""A project with one of everything, and one person in each role, made through the API of a site."""

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tests.cast import picture

TASKS = {"gold": "t1", "adjudication": "t2"}  # that have one
ROLES = ("owner", "manager", "reviewer", "worker", "outsider")  # who makes the project first, who is not in it last
PROJECT = {
    "name": "Fuzz",
    "schema": {"type": "choice", "classes": ["a", "b", "spare"]},
    "quality": {"granted_skill": "seeing", "gold_rate": 0.0},
}


class Answered(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> Any: ...


class Reached(Protocol):
    """A site, as one reaches it: over the network, or in this process."""

    def keys(self, *emails: str) -> list[str]: ...
    def call(self, method: str, path: str, key: str, body: object = None) -> Answered: ...
    def upload(self, path: str, key: str, name: str, content: bytes) -> Answered: ...


@dataclass
class World:
    """Names that lead to something, for every route that takes one."""

    site: Reached
    slug: str
    keys: dict[str, str]
    ids: dict[str, Any] = field(default_factory=dict)  # by what comes before them in the path
    token: str = ""  # of a lease
    sha256: str = ""  # of a picture
    answered: str = ""  # the token of an answer that may still be taken back

    def call(self, role: str, method: str, path: str, body: object = None) -> Any:
        return _done(self.site.call(method, f"/projects/{self.slug}{path}", self.keys[role], body))


AWorld = TypeVar("AWorld", bound=World)


def _done(reply: Answered) -> Any:
    assert reply.status < 300, reply
    return reply.body


def address_of(role: str, slug: str) -> str:
    return f"{slug}-{role}@example.com"


def make_world(site: Reached, slug: str, kind: type[AWorld]) -> AWorld:
    """Make the project, its people, and one of everything that has a number."""
    people = {role: address_of(role, slug) for role in ROLES}
    world = kind(site, slug, dict(zip(ROLES, site.keys(*people.values()), strict=True)))
    _done(site.call("POST", "/projects", world.keys["owner"], PROJECT | {"slug": slug}))
    members = {
        role: world.call("owner", "POST", "/members", {"email": people[role], "role": role}) for role in ROLES[1:-1]
    }
    _make_work(world)
    worker = members["worker"]["id"]
    for verb in ("void", "restore"):
        world.call("owner", "POST", f"/workers/{worker}/{verb}")
    world.ids = {"members": worker, "workers": worker}
    file = site.upload(f"/projects/{slug}/imports", world.keys["owner"], "t.csv", b"id,text\nf1,?\n")
    nothing = world.call("owner", "POST", "/task-deletions", {"wanted": {"q": "nothing"}})
    world.ids["task-deletions"] = nothing["id"]
    world.ids["imports"] = _done(file)["id"]
    sent = site.upload(f"/projects/{slug}/pictures", world.keys["owner"], "a.png", picture())
    world.sha256 = _done(sent)["sha256"]
    world.call("owner", "POST", "/members", {"email": f"{slug}-waiting@example.com", "role": "reviewer"})
    world.ids["waiting-members"] = world.call("owner", "GET", "/waiting-members")["results"][0]["id"]
    world.ids["invite-links"] = world.call("owner", "POST", "/invite-links", {})["id"]
    world.ids["skills"] = world.call("owner", "POST", "/skills", {"email": people["worker"]})["id"]
    world.ids["refreshes"] = world.call("owner", "POST", "/refresh")["id"]
    world.ids["replays"] = world.call("owner", "POST", "/replays", {})["id"]
    world.ids["merges"] = world.call("owner", "POST", "/classes/merge", {"classes": ["spare"], "into": "b"})["id"]
    hook = {"url": "https://example.com/hook", "kinds": ["label.settled"]}
    world.ids["webhooks"] = world.call("owner", "POST", "/webhooks", hook)["id"]
    world.ids["deliveries"] = world.call("owner", "POST", f"/webhooks/{world.ids['webhooks']}/test")["id"]
    world.ids["appeals"] = _appeal(world, worker)
    return world


def _make_work(world: World) -> None:
    """Tasks, of which one is gold and one decided, and a worker who has answered one and holds
    two."""
    names = [*(f"t{n}" for n in range(20)), "delete"]
    tasks = [{"external_id": name, "data": {"text": "?"}} for name in names]
    world.call("owner", "POST", "/tasks", {"tasks": tasks})
    leased = world.call("worker", "POST", "/assignments", {"count": 3})["assignments"]
    answered, held = leased[0]["token"], leased[1]["token"]
    _done(world.site.call("PUT", f"/assignments/{answered}/response", world.keys["worker"], {"answer": "a"}))
    world.answered, world.token = answered, held
    world.call("owner", "PUT", f"/tasks/{TASKS['gold']}/gold", {"answer": "a"})
    world.call("owner", "PUT", f"/tasks/{TASKS['adjudication']}/adjudication", {"answer": "b"})


def _appeal(world: World, worker: int) -> int:
    """The worker is paused, objects, and is resumed."""
    world.call("owner", "PATCH", f"/members/{worker}", {"status": "paused"})
    world.call("worker", "POST", "/work/appeal", {"text": "Why?"})
    world.call("owner", "PATCH", f"/members/{worker}", {"status": "active"})
    number: int = world.call("owner", "GET", "/appeals")["results"][0]["id"]
    return number
