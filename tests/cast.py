"""The cast of every test: Alice owns the project, Bob works in it, Charlie is an outsider."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Picture

from crowd.people.models import ApiKey, User
from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from quality.refresh.scheduling import refresh_project
from tasks.intake.records import TaskRecord, add_tasks

CHOICE: Any = {"type": "choice", "classes": [{"name": "yes"}, {"name": "no"}]}
YES, NO = 0, 1  # these classes as answers are stored: by number
NUMBERS = {"yes": YES, "no": NO}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def without_times(text: str) -> str:
    """What replies are compared by: a whole second is shorter, and SQLite keeps milliseconds: one
    in a thousand is."""
    return TIME.sub("time", text)


@dataclass
class Api:
    """A program that calls the API with a user's key."""

    user: User
    key: str
    client: Client = field(default_factory=Client)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON (or, with another content_type, the body as it is) and return the response."""
        content_type = headers.pop("content_type", "application/json")
        headers.setdefault("Authorization", f"Bearer {self.key}")
        if body is None:
            return self.client.generic(method, f"/api/v1{path}", headers=headers)
        if content_type == "multipart/form-data":
            return self.client.post(f"/api/v1{path}", body, headers=headers)
        data = json.dumps(body) if content_type == "application/json" and not isinstance(body, str) else body
        return self.client.generic(method, f"/api/v1{path}", data, content_type=content_type, headers=headers)


def api_for(email: str) -> Api:
    """A person with a key, as an operator's command makes them: with an address that counts as
    confirmed."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, address_confirmed=True)
    _key, secret = ApiKey.objects.create_key(user=user, name="test")
    return Api(user, secret)


@pytest.fixture
def alice(db: None) -> Api:
    return api_for("alice@example.com")


@pytest.fixture
def bob(db: None) -> Api:
    return api_for("bob@example.com")


@pytest.fixture
def charlie(db: None) -> Api:
    return api_for("charlie@example.com")


@pytest.fixture
def project(alice: Api, bob: Api) -> Project:
    """Birds: a yes/no question that wants three to five answers, without gold."""
    quality = {"min_responses": 3, "max_responses": 5, "gold_rate": 0.0}
    made = create_project(owner=alice.user, slug="birds", name="Birds", schema=CHOICE, quality=quality)
    Membership.objects.create(project=made, user=bob.user, role=Role.WORKER)
    return made


@pytest.fixture
def tasks(project: Project) -> Project:
    """The project with ten text tasks, t0 to t9."""
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"text": f"Bird {n}?"}) for n in range(10)])
    return project


@pytest.fixture
def new_worker(project: Project) -> Callable[[], Api]:
    """Makes another worker of the project at each call."""
    names = iter(range(1000))

    def make() -> Api:
        worker = api_for(f"worker{next(names)}@example.com")
        Membership.objects.create(project=project, user=worker.user, role=Role.WORKER)
        return worker

    return make


@pytest.fixture
def refreshed(project: Project) -> Callable[[], None]:
    """Does what the job does: work out and store the labels now."""
    return lambda: refresh_project(project.pk)


@pytest.fixture(autouse=True)
def _quotas_of_its_own(settings: Any) -> None:
    settings.QUOTA_NAMESPACE = secrets.token_hex(8)


@pytest.fixture(autouse=True)
def _media_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def worker_of(api: Api, project: Project) -> Membership:
    return Membership.objects.select_related("project").get(user=api.user, project=project)


def picture(color: str = "red", size: tuple[int, int] = (6, 4), kind: str = "PNG") -> bytes:
    buffer = BytesIO()
    Picture.new("RGB", size, color).save(buffer, kind)
    return buffer.getvalue()
