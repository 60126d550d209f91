"""People of a project who ask for everything, each request in a transaction that is rolled back."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from crowd.people.accounts import get_or_invite, invitation_path, owner_path, proof_path
from crowd.people.models import ApiKey, User
from crowd.people.signin import AUTHENTICATION_BACKEND
from crowd.projects.invite_links import link_path
from crowd.projects.models import InviteLink, Membership, Project, Role, WaitingMember
from tasks.models import Task
from tests.cast import api_for
from tests.crowd.access.table import Row
from tests.world import ROLES, TASKS, World, address_of, make_world

ROOT, NOBODY = "superuser", "nobody"
EVERYBODY = (*ROLES, ROOT, NOBODY)
ABOVE = "above a worker"

NEWCOMER = {"email": "newcomer@example.com", "role": "worker"}
DECISION = {"task": "t3", "answer": "a", "gold": "on"}
# What is refused before anybody's permission is looked at, if it is wrong; and what tells the cases
# apart.
SENT: dict[str, Any] = {
    "PUT /api/v1/assignments/{token}/response": {"answer": "a"},
    "POST /api/v1/projects/{slug}/members - a worker": NEWCOMER,
    "POST /api/v1/projects/{slug}/members - above a worker": NEWCOMER | {"role": "manager"},
    "PATCH /api/v1/projects/{slug}/members/{pk} - a worker who rises": {"role": "reviewer"},
    "PUT /api/v1/projects/{slug}/tasks/{external_id}/adjudication - as gold": {"answer": "a", "gold": True},
    "POST /projects/{slug}/members - a worker": NEWCOMER,
    "POST /projects/{slug}/review/decide - as gold": DECISION,
}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any


class ThisProcess:
    """The site, without a network."""

    def keys(self, *emails: str) -> list[str]:
        return [api_for(email).key for email in emails]

    def call(self, method: str, path: str, key: str, body: object = None) -> Reply:
        return self._sent(method, path, key, "" if body is None else json.dumps(body), "application/json")

    def upload(self, path: str, key: str, name: str, content: bytes) -> Reply:
        reply = Client().post(f"/api/v1{path}", {"file": ContentFile(content, name)}, headers=_by(key))
        return Reply(reply.status_code, reply.json())

    def _sent(self, method: str, path: str, key: str, data: str, content_type: str) -> Reply:
        reply = Client().generic(method, f"/api/v1{path}", data, content_type=content_type, headers=_by(key))
        return Reply(reply.status_code, json.loads(reply.content or b"null"))


def _by(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


@dataclass
class Asked(World):
    """The world in this process, and the ways that everybody asks it."""

    above: dict[str, int] = field(default_factory=dict)  # as `ids`, of people above a worker
    links: dict[str, str] = field(default_factory=dict)  # by the first part of the path
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)

    def address(self, row: Row) -> str:
        """The row's address, leading to something that is there."""
        first = row.route.split("/")[1]
        if first in self.links:
            return self.links[first]
        ids = self.ids | (self.above if row.case == ABOVE else {})
        parts = row.route.split("/")
        for at, part in enumerate(parts):
            if part == "{pk}":
                parts[at] = str(ids[parts[at - 1]])
        task = TASKS.get(parts[-1]) or TASKS.get(parts[-2]) or "t0"
        token = self.answered if row.name == "DELETE /api/v1/assignments/{token}/response" else self.token
        delivery_pk = ids["deliveries"]
        names = {
            "slug": self.slug,
            "external_id": task,
            "token": token,
            "sha256": self.sha256,
            "delivery_pk": delivery_pk,
        }
        return "/".join(parts).format(**names)

    def by_key(self, who: str, row: Row) -> Any:
        return self._asked(Client(), row, _by(self.keys.get(who, "")))

    def by_session(self, who: str, row: Row) -> Any:
        browser = Client()
        browser.cookies = deepcopy(self.cookies[who])
        return self._asked(browser, row, {})

    def _asked(self, client: Client, row: Row, headers: dict[str, str]) -> Any:
        """The reply, and everything as it was before."""
        address, sent = self.address(row), SENT.get(row.name, {})
        with transaction.atomic():
            if row.method == "POST" and not row.is_for_programs:
                reply = client.post(address, sent, headers=headers)
            else:
                body = "" if row.method == "GET" else json.dumps(sent)
                kind = "application/json"
                reply = client.generic(row.method, address, body, content_type=kind, headers=headers)
            if reply.streaming:
                b"".join(reply)  # to its end, while what it reads is there
            transaction.set_rollback(True)
        return reply


def make_asked() -> Asked:
    """The world, and in it whatever only pages and programs of this process can have."""
    first_owner = owner_path() or ""
    world = make_world(ThisProcess(), "birds", Asked)
    project = Project.objects.get(slug=world.slug)
    _picture_everything(project)
    people = {role: User.objects.get(email=address_of(role, world.slug)) for role in ROLES}
    people[ROOT] = User.objects.create_user("root@example.com", address_confirmed=True, is_superuser=True)
    world.keys[ROOT] = ApiKey.objects.create_key(user=people[ROOT], name="test")[1]
    world.cookies = {who: _signed_in(user) for who, user in people.items()} | {NOBODY: SimpleCookie()}
    world.ids["keys"] = people["worker"].api_keys.get().pk
    invited, _new = get_or_invite("invited@example.com")
    world.above = {"members": Membership.objects.get(project=project, role=Role.MANAGER).pk}
    world.above["waiting-members"] = world.above["waiting"] = world.ids["waiting-members"]
    waits = WaitingMember.objects.create(project=project, user=invited, role=Role.WORKER)
    world.ids["waiting-members"] = world.ids["waiting"] = waits.pk
    join = link_path(InviteLink.objects.get(pk=world.ids["invite-links"]))
    world.links = {"invitations": invitation_path(invited), "passwords": proof_path(invited)}
    world.links |= {"join": join, "welcome": first_owner}
    return world


def _picture_everything(project: Project) -> None:
    Task.objects.for_project(project).update(image=project.images.get(), frames={"image": [6, 4]})


def _signed_in(user: User) -> SimpleCookie:
    browser = Client()
    browser.force_login(user, AUTHENTICATION_BACKEND)
    return browser.cookies
