"""Who may do what: every address and method, for every role, by key and by session. The table is in
needs.txt.

A route without a row fails the first test, and so does a row without a route. What a role may do is
in crowd/projects/permissions.py, and nowhere here.
"""

import html
import re
from collections.abc import Callable, Collection
from typing import Any

import pytest
from django.urls import reverse

from crowd.projects.models import Role
from tests.crowd.access.asking import EVERYBODY, NOBODY, ROOT, Asked, make_asked
from tests.crowd.access.table import Row, methods_of, read_table, routes

Outcome = str | tuple[int, str]

IN = "in"
SIGN_IN = "sign in"
NO_PROJECT = (404, "project_not_found")
NO_ROLE = (403, "role_required")
NOT_THEIRS = {"assignments": (404, "assignment_not_found"), "keys": (404, "not_found")}
TURNED_AWAY = {401, 403, 404, 405, 429}
TITLE = re.compile(r'<p class="error-status">\d+</p>\s*<h1>(.*?)</h1>', re.DOTALL)
TITLES = {
    "There is no project birds, or you are not a member of it.": "project_not_found",
    "There is nothing here.": "not_found",
}

ROWS = read_table()


@pytest.fixture
def asked(db: None, settings: Any) -> Asked:
    settings.MAIL_WORKS = True  # else there is no page to ask for a link
    return make_asked()


def test_every_address_has_a_row_for_each_method_and_no_row_is_of_another() -> None:
    there = {f"{method} {route}" for route, view in routes() for method in methods_of(route, view)}
    in_table = {f"{row.method} {row.route}" for row in ROWS}

    assert (there - in_table, in_table - there) == (set(), set())


def test_every_role_is_among_those_who_ask() -> None:
    assert set(EVERYBODY) == {*Role, "outsider", ROOT, NOBODY}


def test_no_row_is_there_twice() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_programs_get_by_key_and_by_session_what_their_permissions_let_them(asked: Asked) -> None:
    rows = [row for row in ROWS if row.is_for_programs]

    assert surprises(asked.by_key, rows) == {}
    assert surprises(asked.by_session, rows) == {}


def test_pages_are_for_those_whose_permissions_let_them(asked: Asked) -> None:
    rows = [row for row in ROWS if not row.is_for_programs]

    assert surprises(asked.by_session, rows) == {}


def surprises(ask: Callable[[str, Row], Any], rows: Collection[Row]) -> dict[str, tuple[Outcome, Outcome]]:
    """By row and person, what became of a request and what was promised, where these are not the
    same."""
    asked = [(row, who, outcome(ask(who, row))) for row in rows for who in askers(row)]
    return {f"{row.name}, {who}": (got, promise(row, who)) for row, who, got in asked if got != promise(row, who)}


def askers(row: Row) -> Collection[str]:
    """Where nothing is needed, one of those who have nothing, and one who has an account, stand for
    all."""
    return (NOBODY, "outsider") if row.need == "anyone" else EVERYBODY


def outcome(reply: Any) -> Outcome:
    """What became of a request. Whatever is wrong with it otherwise, its sender was let in."""
    if reply.status_code in TURNED_AWAY or reply.status_code >= 500:
        return reply.status_code, code_of(reply)
    sent_to = reply.headers.get("Location", "")
    asked_for = f"{reverse('account_login')}?next={reply.wsgi_request.get_full_path()}"
    return SIGN_IN if sent_to == asked_for else IN


def code_of(reply: Any) -> str:
    if "json" in reply["Content-Type"]:
        code: str = reply.json()["code"]
        return code
    found = TITLE.search(reply.content.decode())
    title = html.unescape(found[1].strip()) if found else ""
    needs_a_role = title.startswith("This needs one of these roles in the project: ")
    return "role_required" if needs_a_role else TITLES.get(title, title)


def promise(row: Row, who: str) -> Outcome:
    if row.need == "anyone":
        return IN
    if who == NOBODY:
        return (401, "not_authenticated") if row.is_for_programs else SIGN_IN
    if row.need == "signed in":
        return IN
    if row.need == "theirs":
        (thing,) = NOT_THEIRS.keys() & set(row.route.split("/"))
        return IN if who == "worker" else NOT_THEIRS[thing]
    if row.lets_in(role_of(who)):
        return IN
    return NO_PROJECT if who == "outsider" else NO_ROLE


def role_of(who: str) -> str | None:
    """What somebody is in the project. A superuser who is no member is as good as its owner."""
    return Role.OWNER if who == ROOT else who if who in set(Role) else None
