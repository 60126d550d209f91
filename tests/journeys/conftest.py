"""A site to visit, and a browser that minds what a person would not see."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.journeys.house import House
from tests.journeys.site import Site, environment

expect.set_options(
    timeout=60_000
)  # milliseconds, on a machine that is busy with much else; what is there is seen at once


@pytest.fixture(scope="session")
def setup(request: pytest.FixtureRequest) -> str:
    """What the site runs on: "embedded" or "postgres", by the option --site."""
    return str(request.config.getoption("--site"))


@pytest.fixture(scope="session")
def site(setup: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that the page journeys share; each makes its own project in it."""
    shared = Site(tmp_path_factory.mktemp("site") / "data", environment(setup)).wait_until_announced()
    yield shared
    assert shared.stop() == 0, shared.said


@pytest.fixture(scope="session")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sites that tests break find the static files ready: collecting them takes longer
    than all the rest."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def start_site(setup: str, static_files: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start a site that the test may break; keyword arguments are environment variables."""
    started: list[Site] = []
    base = environment(setup) | {"CROWD_DEMO": "0", "CROWD_STATIC_ROOT": str(static_files)}

    def start(under: list[str] | None = None, **variables: str) -> Site:
        site = Site(tmp_path / "data", base | variables, under=under)
        started.append(site)
        return site

    yield start
    for site in started:
        site.end()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser objects to; a test that provokes an objection takes it out again."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def visitor(browser: Browser, site: Site, complaints: list[str]) -> Iterator[Callable[[], Page]]:
    """Opens a browser of somebody new. Any error in the console, breach of the content policy or
    request elsewhere fails the test."""
    contexts: list[BrowserContext] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def on_request(request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https", "ws", "wss"} and not request.url.startswith(f"{site}/"):
            complaints.append(f"request to {request.url}")

    def open_browser() -> Page:
        context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 860})
        contexts.append(context)
        context.on("request", on_request)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitor: Callable[[], Page]) -> Page:
    """A fresh visitor."""
    return visitor()


@pytest.fixture(scope="session")
def founder_key(site: Site) -> str:
    """The API key of somebody who makes projects for the others."""
    return site.keys("founder@example.com")[0]


@pytest.fixture
def house(site: Site, founder_key: str, visitor: Callable[[], Page], request: pytest.FixtureRequest) -> House:
    """A project of the test's own, and browsers for its people."""
    return House(site, founder_key, visitor, slug=request.node.name.replace("_", "-")[-60:].strip("-"))
