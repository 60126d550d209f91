"""The worker's queue as a person sees it in a browser."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect

from tests.journeys.house import House

A_FEW_SECONDS = 60  # on a machine that is busy with much else


def found(house: House, **policy: Any) -> None:
    """Make the project, with this policy besides."""
    house.found()
    assert house.call("PATCH", "", {"quality": policy}).status == 200


def stage(page: Page) -> str:
    return page.locator("#stage").inner_text()


def open_queue(house: House, page: Page) -> None:
    page.goto(f"{house.path}/work")
    expect(page.locator("#skip")).to_be_enabled()


def standing(bob: Page, house: House) -> dict[str, Any]:
    """How Bob stands, asked by his own browser."""
    own: dict[str, Any] = bob.evaluate(f"() => fetch('/api/v1{house.path}/work').then(reply => reply.json())")
    return own


def history(bob: Page, house: House) -> list[tuple[str, str, str]]:
    """What Bob answered, the oldest first: text, answer and state."""
    page = bob.evaluate(f"() => fetch('/api/v1{house.path}/work/responses').then(reply => reply.json())")
    return [(row["data"]["text"], row["answer"], row["state"]) for row in page["results"]][::-1]


def requests_of(page: Page, method: str) -> list[str]:
    """The paths that the page asks for from now on with this method."""
    paths: list[str] = []

    def note(request: Request) -> None:
        if request.method == method:
            paths.append(urlsplit(request.url).path)

    page.on("request", note)
    return paths
