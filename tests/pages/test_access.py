"""Who may see which page: every page for every role. A route without a row here fails the test at the end."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from crowd.people.models import User
from crowd.projects.invite_links import make_link
from crowd.projects.models import Appeal, Membership, Project, Role
from crowd.urls import page_routes
from crowd.webhooks.subscriptions import make_webhook
from quality.models import Replay
from tasks.models import Import
from tests.cast import Api
from tests.pages.conftest import Visit

EVERYBODY = {"owner", "manager", "reviewer", "worker", "outsider"}
STAFF = {"owner", "manager", "reviewer"}
MANAGERS = {"owner", "manager"}

# Page → who gets it. POST-only pages are asked by POST, with the form left empty.
PAGES: dict[str, set[str]] = {
    "home": EVERYBODY,
    "keys": EVERYBODY,
    "new-project": EVERYBODY,
    "project": STAFF,
    "board": STAFF,
    "disputes": STAFF,
    "agreement": STAFF,
    "budget": STAFF,
    "replay": STAFF,
    "workers": STAFF,
    "worker": STAFF,
    "pause-worker": MANAGERS,
    "void-worker": MANAGERS,
    "restore-worker": MANAGERS,
    "answer-appeal": MANAGERS,
    "members": STAFF,
    "imports": MANAGERS,
    "import": MANAGERS,
    "settings": MANAGERS,
    "webhooks": MANAGERS,
    "webhook": MANAGERS,
    "change-webhook": MANAGERS,
    "work": STAFF | {"worker"},  # a preview to those who look after the project
    "mine": {"worker"},
    "decide": STAFF,
    "review": STAFF,
    "review-decide": STAFF,
    "gold": MANAGERS,
    "change-gold": MANAGERS,
    "promote-gold": MANAGERS,
    "upload-gold": MANAGERS,
    "withdraw-promoted": MANAGERS,
    "refresh": MANAGERS,
    "change-member": MANAGERS,
    "renew-invitation": MANAGERS,
    "withdraw-waiting": set(),  # nobody waits here: see test_admission.py
    "make-link": MANAGERS,
    "revoke-link": MANAGERS,
    "revoke-key": set(),  # one's own keys only, and nobody here has made one
}
WRITES = {"decide", "refresh", "change-member", "renew-invitation", "make-link", "revoke-link", "revoke-key"}
WRITES |= {"withdraw-waiting", "pause-worker", "restore-worker", "answer-appeal", "change-webhook"}
WRITES |= {"review-decide", "change-gold", "promote-gold", "upload-gold", "withdraw-promoted"}


@pytest.fixture
def browsers(visit: Visit, member: Callable[[Role], Client], alice: Api, bob: Api, charlie: Api) -> dict[str, Client]:
    return {
        "owner": visit(alice),
        "manager": member(Role.MANAGER),
        "reviewer": member(Role.REVIEWER),
        "worker": visit(bob),
        "outsider": visit(charlie),
    }


def address(name: str, project: Project) -> str:
    bob = Membership.objects.get(project=project, role=Role.WORKER)
    known = {"slug": project.slug, "pk": 0 if name in ("revoke-key", "withdraw-waiting") else bob.pk}
    if name == "import":
        known["pk"] = Import.objects.create(project=project, format="csv").pk
    if name == "revoke-link":
        owner = User.objects.get(email="alice@example.com")
        known["pk"] = make_link(project=project, actor=owner, expires_days=1, uses=None).pk
    if name in ("webhook", "change-webhook"):
        owner = User.objects.get(email="alice@example.com")
        kinds = ["label.settled"]
        known["pk"] = make_webhook(project=project, actor=owner, url="https://example.com", kinds=kinds).pk
    if name == "replay":
        known["pk"] = Replay.objects.create(project=project, policy={}).pk
    if name == "answer-appeal":
        known["pk"] = Appeal.objects.create(worker=bob, text="Why?").pk
    (route,) = (route for route in page_routes if route.name == name)
    wanted = {key: known[key] for key in route.pattern.converters}
    return reverse(name, kwargs=wanted)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_for_its_roles_and_nobody_else(name: str, tasks: Project, browsers: dict[str, Client]) -> None:
    url = address(name, tasks)
    ask = "post" if name in WRITES else "get"

    replies = {role: getattr(browser, ask)(url) for role, browser in browsers.items()}

    assert {role for role, reply in replies.items() if reply.status_code in (200, 302)} == PAGES[name]
    assert all(reply.status_code in (403, 404) for role, reply in replies.items() if role not in PAGES[name])


@pytest.mark.parametrize("name", PAGES)
def test_anonymous_visitors_are_sent_to_sign_in(name: str, tasks: Project, client: Client) -> None:
    url = address(name, tasks)

    reply = client.post(url) if name in WRITES else client.get(url)

    assert (reply.status_code, reply["Location"]) == (302, f"{reverse('account_login')}?next={url}")


@pytest.mark.parametrize("name", ["project", "settings", "work"])
def test_to_outsiders_a_project_does_not_exist(name: str, outsider: Client, tasks: Project) -> None:
    reply = outsider.get(address(name, tasks))

    assert reply.status_code == 404
    assert "There is no project birds, or you are not a member of it." in reply.content.decode()


def test_worker_on_the_overview_is_shown_the_way_to_the_tasks(worker: Client) -> None:
    reply = worker.get("/projects/birds")

    assert reply.status_code == 403
    assert 'href="/projects/birds/work"' in reply.content.decode()


def test_part_of_a_page_after_the_session_ended_has_the_page_load_again(client: Client, tasks: Project) -> None:
    reply = client.get("/projects/birds/board", headers={"HX-Request": "true"})

    assert (reply.status_code, reply["HX-Refresh"]) == (200, "true")


def test_pages_of_signed_in_people_stay_out_of_caches(owner: Client) -> None:
    assert "no-store" in owner.get("/projects/birds")["Cache-Control"]


def test_reviewer_may_decide_but_not_manage(member: Callable[[Role], Client]) -> None:
    page = member(Role.REVIEWER).get("/projects/birds").content.decode()

    assert 'id="disputes"' in page
    assert "/projects/birds/refresh" not in page
    assert "/projects/birds/settings" not in page


def test_every_page_has_a_row() -> None:
    assert {route.name for route in page_routes} == set(PAGES)
