"""The first account, passwords that are hashed in turn, keys of the site that were replaced, and
what logs hold."""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from crowd.logs import WithoutSecrets
from crowd.people import hashing
from crowd.people.accounts import invitation_path, owner_path, proof_path
from crowd.people.models import AuditEvent, User
from crowd.projects.invite_links import link_path, make_link
from crowd.projects.models import Project
from crowd.server.__main__ import announce
from crowd.server.address import Address
from crowd.webhooks.models import Webhook
from crowd.webhooks.signatures import secret_of, signing_headers
from crowd.webhooks.subscriptions import make_webhook
from tests.cast import Api
from tests.pages.conftest import text_of
from tests.tasks.test_secrets import routes

ROOT = {"email": "Root@example.com", "new_password1": "quite a secret", "new_password2": "quite a secret"}


def test_first_account_is_made_once_by_the_link_that_a_first_start_prints(db: None, settings: Any) -> None:
    settings.SITE_URL, out = "http://crowd.example", StringIO()
    call_command("prepare", stdout=out)
    link = out.getvalue().strip().removeprefix("http://crowd.example")
    browser = Client()

    browser.post(link, ROOT)

    root = User.objects.get()
    assert (root.email, root.is_superuser, root.address_confirmed) == ("root@example.com", True, True)
    assert browser.get("/projects/new").status_code == 200
    again = Client().post(link, {**ROOT, "email": "eve@example.com"})
    assert (again.status_code, "This link has been used." in text_of(again)) == (410, True)
    assert (User.objects.count(), owner_path()) == (1, None)
    assert AuditEvent.objects.filter(action="account.made_superuser", actor=root).count() == 1


def test_first_account_is_made_by_nobody_who_was_not_given_the_link(db: None) -> None:
    wrong = Client().post("/welcome/nonsense", ROOT)

    assert (wrong.status_code, User.objects.count()) == (410, 0)


def test_account_for_a_program_does_not_close_the_first_link(db: None) -> None:
    call_command("create_api_key", "robot@example.com", stdout=StringIO())

    assert owner_path() is not None


def test_no_link_is_printed_where_somebody_can_sign_in(db: None) -> None:
    User.objects.create_user("alice@example.com", "a long secret")
    out = StringIO()

    call_command("prepare", stdout=out)

    assert out.getvalue() == ""


@contextmanager
def all_places_taken() -> Iterator[None]:
    """As many people are signing in as may wait."""
    with ExitStack() as stack:
        for _ in range(1 + hashing.WAITING):
            assert hashing._places.acquire(blocking=False)
            stack.callback(hashing._places.release)
        yield


def test_who_signs_in_when_too_many_do_is_told_to_come_again_whether_known_or_not(db: None, settings: Any) -> None:
    User.objects.create_user("alice@example.com", "correct horse")
    settings.PASSWORD_HASHERS = ["crowd.people.hashing.Argon2InTurn", "django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.create_user("bob@example.com", "correct horse")
    people = ["bob@example.com", "nobody@example.com"]

    with all_places_taken():
        replies = [Client().post("/accounts/login/", {"login": p, "password": "correct horse"}) for p in people]
    afterwards = Client().post("/accounts/login/", {"login": "bob@example.com", "password": "correct horse"})

    assert [(reply.status_code, reply["Retry-After"]) for reply in replies] == [(503, "5")] * 2
    assert len({text_of(reply).partition("<main")[2] for reply in replies}) == 1  # before it is a token of the form
    assert afterwards.status_code == 302


def test_one_password_is_hashed_at_a_time_and_few_wait() -> None:
    inside, most, outcomes, start = [], [], [], threading.Barrier(12)

    def sign_in() -> None:
        start.wait()
        try:
            with hashing.turn():
                inside.append(1)
                most.append(len(inside))
                make_password("a secret", hasher="md5")
                inside.pop()
            outcomes.append("hashed")
        except hashing.SignInBusy:
            outcomes.append("busy")

    threads = [threading.Thread(target=sign_in) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1
    assert outcomes.count("hashed") >= 1 + hashing.WAITING
    assert len(outcomes) == 12


def test_an_earlier_key_of_the_site_opens_what_it_made_and_no_longer_once_it_is_gone(
    project: Project, alice: Api, settings: Any
) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=None)
    dora = User.objects.create_user("dora@example.com")
    opened = [link_path(link), invitation_path(dora), proof_path(dora)]
    browser = Client()
    browser.force_login(alice.user, "allauth.account.auth_backends.AuthenticationBackend")
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the site, long enough to be one"

    def states() -> list[bool]:
        found = [Client().get(path, follow=True) for path in opened]
        works = [reply.status_code == 200 and "too old" not in text_of(reply) for reply in found]
        return [*works, browser.get("/").status_code == 200]

    settings.SECRET_KEY_FALLBACKS = []
    without = states()
    browser.force_login(alice.user, "allauth.account.auth_backends.AuthenticationBackend")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a third key of the site, long enough", [settings.SECRET_KEY]
    settings.SECRET_KEY_FALLBACKS.append(earlier)

    assert (without, states()) == ([False] * 4, [True] * 4)


def test_start_without_demo_says_where_the_account_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    announce(Address("127.0.0.1", 8000), "http://127.0.0.1:8000/welcome/token\n")

    said = capsys.readouterr().out
    assert "Your account     make it at http://127.0.0.1:8000/welcome/token\n" in said
    assert "Demo accounts" not in said


def test_webhooks_are_signed_for_receivers_that_know_the_secret_of_an_earlier_key(
    project: Project, alice: Api, settings: Any
) -> None:
    webhook = make_webhook(project=project, actor=alice.user, url="https://example.com", kinds=["label.settled"])
    at = Webhook.objects.get(pk=webhook.pk).created_at

    def signatures() -> set[str]:
        return set(signing_headers(webhook, "evt_1", b"{}", at)["webhook-signature"].split())

    known, before = secret_of(webhook), signatures()

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of the site"

    assert secret_of(webhook) != known
    assert before < signatures()


def test_logs_hold_no_address_that_opens_something() -> None:
    secrets = [route for route in routes(get_resolver()) if "token>" in route]

    for route in secrets:
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"\1-that-is-secret", route)
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Gone", path), None)
        assert WithoutSecrets().filter(record)
        assert "token-that-is-secret" not in record.getMessage(), route
        assert record.getMessage().startswith("Gone: /")
    assert len(secrets) > 5


def test_what_is_no_secret_stays_in_the_log() -> None:
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Forbidden", "/projects/birds"), None
    )

    WithoutSecrets().filter(record)

    assert record.getMessage() == "Forbidden: /projects/birds"
