"""What people see when something goes wrong."""

import re

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from crowd.errors import ProblemMiddleware, server_error
from crowd.paths import ROOT
from tests.pages.conftest import text_of


def _away() -> None:
    raise OperationalError


def test_page_of_an_error_needs_no_database(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(_away)  # type: ignore[assignment]
        raise OperationalError

    reply = ProblemMiddleware(view)(rf.get("/projects/birds"))

    assert reply.status_code == 503
    assert reply["Retry-After"] == "5"
    assert "The database does not answer. Try again in a moment." in text_of(reply)


def test_page_of_a_failure_of_ours_says_nothing_of_its_cause(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = SimpleLazyObject(_away)  # type: ignore[assignment]

    reply = server_error(request)

    assert reply.status_code == 500
    assert "Something went wrong on our side." in text_of(reply)


def test_address_without_a_page(client: Client, db: None) -> None:
    reply = client.get("/nowhere")

    assert reply.status_code == 404
    assert "There is nothing here." in text_of(reply)


def test_form_without_its_token_is_refused_with_words(db: None) -> None:
    reply = Client(enforce_csrf_checks=True).post("/accounts/login/", {})

    assert reply.status_code == 403
    assert "This form is out of date. Reload the page." in text_of(reply)


def test_what_can_not_be_undone_is_asked_first() -> None:
    """A red button that does its deed at once stands where it was asked before, and in no other
    template."""
    red = re.compile(r"<button[^>]*\bdanger\b[^>]*>")
    templates = [path for app in ("crowd", "tasks", "quality") for path in (ROOT / app).rglob("*.html")]

    found = {path.name for path in templates if red.search(path.read_text())}
    assert found == {"confirm.html", "merge.html", "void.html"}
