"""A project on the running site with people in it: Alice owns it, Bob works in it, Charlie is an
outsider."""

import io
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.cast import picture
from tests.journeys.site import Reply, Site, wait_until

PASSWORD = "correct horse battery"
COLORS = ("red", "green", "blue", "gold", "navy", "teal", "gray", "pink", "lime", "plum", "tan", "aqua")
IMPORT_TAKES_AT_MOST = 120


def archive_of_pictures(count: int) -> bytes:
    """A zip with pictures p0.png, p1.png, …, each of another colour."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, color in enumerate(COLORS[:count]):
            archive.writestr(f"p{number}.png", picture(color, (300, 200)))
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class House:
    site: Site
    key: str
    visitor: Callable[[], Page]
    slug: str

    @property
    def path(self) -> str:
        return f"/projects/{self.slug}"

    def call(self, method: str, path: str = "", body: object = None) -> Reply:
        """One request to the API, on this project, by the one who founded it."""
        return self.site.call(method, self.path + path, self.key, body)

    def found(self, *, answers: int = 1, classes: tuple[str, ...] = ("yes", "no"), kind: str = "choice") -> None:
        """Make the project: every task gets this many answers, of which one is sure enough, and
        none is gold."""
        policy = {"min_responses": answers, "max_responses": answers, "gold_rate": 0.0, "target_confidence": 0.6}
        body = {
            "slug": self.slug,
            "name": f"Project {self.slug}",
            "instructions": "Is there a bird?\nLook twice.",
            "schema": {"type": kind, "classes": list(classes)},
            "quality": policy,
        }
        reply = self.site.call("POST", "/projects", self.key, body)
        assert reply.status == 201, reply.body

    def add_texts(self, *texts: str, **more: Any) -> None:
        tasks = [{"external_id": f"t{number}", "data": {"text": text, **more}} for number, text in enumerate(texts)]
        reply = self.call("POST", "/tasks", {"tasks": tasks})
        assert reply.status == 201, reply.body

    def add_pictures(self, count: int) -> None:
        """Upload so many pictures, and wait until they are tasks."""
        self.add_archive(archive_of_pictures(count), count)

    def add_archive(self, archive: bytes, count: int) -> None:
        """Upload a zip, and wait until the project has so many tasks."""
        boundary = "a-boundary-that-no-picture-contains"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="p.zip"\r\n\r\n'
        body = head.encode() + archive + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        request = urllib.request.Request(f"{self.site}/api/v1{self.path}/imports", body, headers)
        with urllib.request.urlopen(request, timeout=30) as reply:
            assert reply.status == 202
        wait_until(lambda: len(self.labels()) == count, IMPORT_TAKES_AT_MOST)

    def labels(self) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = self.call("GET", "/labels").body["results"]
        return results

    def answers(self) -> int:
        """How many answers the site has stored."""
        return sum(row["responses"] for row in self.labels())

    def email(self, name: str) -> str:
        return f"{name}@{self.slug}.example"

    def welcome(self, name: str, role: str) -> Page:
        """Invite somebody new, who chooses a password; returns their browser, signed in."""
        added = self.call("POST", "/members", {"email": self.email(name), "role": role})
        if added.status == 202:  # a role above worker waits for what an operator prints
            link = self.site.manage("reset_link", self.email(name)).strip()
        else:
            link = added.body["invitation_url"]
        page = self.visitor()
        page.goto(link)
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        page.get_by_label("New password confirmation").fill(PASSWORD)
        page.get_by_role("button", name="Choose this password").click()
        page.get_by_role("heading", name="Projects").wait_for()
        return page

    def sign_in(self, page: Page, name: str, password: str = PASSWORD) -> None:
        page.get_by_label("Email").fill(self.email(name))
        page.get_by_label("Password").fill(password)
        page.locator("main").get_by_role("button", name="Sign in").click()
