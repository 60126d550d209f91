"""Mails: whom they reach, what they do there, and that nothing is promised where none are sent."""

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.test import Client

from crowd.people import mailing
from crowd.people.models import ApiKey, Mail, User
from crowd.projects.models import Membership, Project
from crowd.settings import mail as mail_settings
from tests.cast import Api
from tests.pages.conftest import text_of

ASK = "/accounts/password/reset/"
NEW = {"new_password1": "battery staple", "new_password2": "battery staple"}


@pytest.fixture
def mails(settings: Any, mailoutbox: list[EmailMessage]) -> list[EmailMessage]:
    """What was sent, on a site that sends mail."""
    settings.MAIL_WORKS = True
    settings.SITE_URL = "https://crowd.example"
    return mailoutbox


def send_all() -> None:
    """What the job does."""
    for mail_id in mailing.waiting_mails():
        mailing.send(mail_id)


def link_in(mail: EmailMessage) -> str:
    (link,) = re.findall(r"https://crowd\.example(/passwords/\S+)", str(mail.body))
    return str(link)


def follow(link: str, **fields: str) -> Client:
    browser = Client()
    form = browser.get(link, follow=True)
    browser.post(form.request["PATH_INFO"], {**NEW, **fields})
    return browser


def test_forgotten_password_is_chosen_anew_by_mail_once(alice: Api, mails: list[EmailMessage]) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert "Forgot your password?" in text_of(Client().get("/accounts/login/"))

    Client().post(ASK, {"email": "Alice@example.com"})
    send_all()
    send_all()

    (mail,) = mails
    assert mail.to == ["alice@example.com"]
    browser = follow(link_in(mail))
    assert [each.get("/").status_code for each in (browser, elsewhere, follow(link_in(mail)))] == [200, 302, 302]
    assert Client().login(email="alice@example.com", password="battery staple")
    assert alice("GET", "/projects").status_code == 200


def test_keys_go_with_a_forgotten_password_if_asked(alice: Api, mails: list[EmailMessage]) -> None:
    Client().post(ASK, {"email": "alice@example.com"})
    send_all()

    follow(link_in(mails[0]), revoke_keys="on")

    assert alice("GET", "/projects").status_code == 401


def test_address_without_account_gets_the_same_reply_and_no_mail(alice: Api, mails: list[EmailMessage]) -> None:
    addresses = ["alice@example.com", "nobody@example.com"]
    replies = [text_of(Client().post(ASK, {"email": address})).replace(address, "…") for address in addresses]
    pages = [reply.partition("<main")[2] for reply in replies]  # before it is a token of the form
    send_all()

    assert pages[0] == pages[1]
    assert "If … has an account here, a mail is under way to it" in pages[0]
    assert [mail.to for mail in mails] == [["alice@example.com"]]
    assert not Mail.objects.filter(sent_at=None).exists()


def test_nobody_is_flooded_with_mails(alice: Api, mails: list[EmailMessage]) -> None:
    for _ in range(8):
        mailing.write("alice@example.com", Mail.Reason.RESET)
    send_all()

    assert len(mails) == mailing.MOST_AN_HOUR


def test_no_row_holds_the_link(alice: Api, mails: list[EmailMessage]) -> None:
    mailing.write("alice@example.com", Mail.Reason.RESET)
    send_all()

    token = link_in(mails[0]).rpartition("/")[2]
    assert token not in str(list(Mail.objects.values()))


def test_colleague_who_is_made_manager_is_so_when_the_mail_has_reached_them(
    project: Project, alice: Api, mails: list[EmailMessage]
) -> None:
    reply = alice("POST", "/projects/birds/members", {"email": "dora@example.com", "role": "manager"})
    send_all()
    before = Membership.objects.filter(user__email="dora@example.com").exists()

    browser = follow(link_in(mails[0]))

    assert (reply.status_code, before) == (202, False)
    assert Membership.objects.get(user__email="dora@example.com").role == "manager"
    assert browser.get("/projects/birds/settings").status_code == 200


def test_disabled_account_gets_no_mail(alice: Api, mails: list[EmailMessage]) -> None:
    User.objects.update(is_active=False)
    mailing.write("alice@example.com", Mail.Reason.RESET)
    send_all()

    assert mails == []


def test_without_mail_no_page_offers_one(alice: Api, settings: Any, mailoutbox: list[EmailMessage]) -> None:
    settings.MAIL_WORKS = False

    replies = [Client().get(ASK).status_code, Client().post(ASK, {"email": "alice@example.com"}).status_code]

    assert replies == [404, 404]
    assert "Forgot your password?" not in text_of(Client().get("/accounts/login/"))
    assert not Mail.objects.exists()
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "port", "safety"),
    [
        ("smtp://user:secret@mail.example", 25, {}),
        ("smtp+tls://user:secret@mail.example", 587, {"EMAIL_USE_TLS": True}),
        ("smtp+ssl://user:secret@mail.example:4650", 4650, {"EMAIL_USE_SSL": True}),
    ],
)
def test_email_url_says_how_mail_is_sent(
    url: str, port: int, safety: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    mail = mail_settings._mail()

    found = [mail[name] for name in ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")]
    assert found == ["mail.example", port, "user", "secret"]
    assert {name: mail[name] for name in ("EMAIL_USE_TLS", "EMAIL_USE_SSL") if name in mail} == safety


@pytest.mark.parametrize("url", ["consolemail://", "pigeon://loft", "memorymail://"])
def test_mail_is_not_sent_into_a_log(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    with pytest.raises(ImproperlyConfigured):
        mail_settings._mail()
