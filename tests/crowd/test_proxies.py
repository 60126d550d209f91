"""The site behind a proxy: who is believed, and what is said where it is set up wrongly."""

import ipaddress
from functools import partial
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import set_script_prefix

from crowd.proxies import ProxyMiddleware
from crowd.wsgi import application
from tests.pages.conftest import text_of

PROXY, CLIENT = "10.0.0.1", "203.0.113.9"


@pytest.fixture
def behind_a_proxy(settings: Any) -> Any:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/24")]
    return settings


def seen(peer: str, **headers: str) -> Any:
    """The request as it comes to the views."""
    caught: list[Any] = []
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    ProxyMiddleware(lambda seen: caught.append(seen) or caught)(request)  # type: ignore[func-returns-value, arg-type, return-value]
    return caught[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"1.2.3.4, {CLIENT}", CLIENT),  # what stood there before the proxy added to it is the client's own tale
        (PROXY, f"{CLIENT}, 10.0.0.2", CLIENT),
        (PROXY, "2001:db8::9", "2001:db8::9"),
        ("::ffff:10.0.0.1", CLIENT, CLIENT),
        (PROXY, "nonsense", PROXY),
        (PROXY, "", PROXY),
        (CLIENT, "1.2.3.4", CLIENT),
    ],
)
def test_the_client_is_who_the_nearest_trusted_proxy_names(
    behind_a_proxy: Any, peer: str, forwarded: str, client: str
) -> None:
    assert seen(peer, **{"X-Forwarded-For": forwarded}).META["REMOTE_ADDR"] == client


def test_without_trusted_proxies_nothing_forwarded_is_believed() -> None:
    request = seen("127.0.0.1", **{"X-Forwarded-For": CLIENT, "X-Forwarded-Host": "evil.example"})
    assert request.META["REMOTE_ADDR"] == "127.0.0.1"
    assert "HTTP_X_FORWARDED_FOR" not in request.META
    assert request.META.get("HTTP_HOST", "") != "evil.example"


def test_the_name_and_the_port_are_those_the_proxy_was_asked_by(behind_a_proxy: Any) -> None:
    by_port = seen(PROXY, Host="crowd.example", **{"X-Forwarded-Port": "8443"})
    by_host = seen(PROXY, Host="web:8000", **{"X-Forwarded-Host": "crowd.example:8443", "X-Forwarded-Port": "8443"})
    assert [each.META["HTTP_HOST"] for each in (by_port, by_host)] == ["crowd.example:8443"] * 2


def test_https_without_a_word_of_the_proxy_is_explained_and_not_redirected_for_ever(settings: Any) -> None:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    reply = Client().get("/accounts/login/")
    assert reply.status_code == 400
    assert "X-Forwarded-Proto" in text_of(reply)
    assert Client().get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
def test_without_trusted_proxies_one_on_this_machine_says_that_it_was_asked_by_https(settings: Any, peer: str) -> None:
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    assert seen(peer, **{"X-Forwarded-Proto": "https"}).is_secure()


@pytest.mark.parametrize("peer", ["10.9.9.9", "203.0.113.9", "::ffff:203.0.113.9", "2001:db8::9", ""])
def test_without_trusted_proxies_nobody_else_does_and_is_told_what_to_set(settings: Any, peer: str) -> None:
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    reply = Client(REMOTE_ADDR=peer).get("/api/v1/projects", headers={"X-Forwarded-Proto": "https"})
    assert (reply.status_code, reply.json()["code"]) == (400, "proxy_misconfigured")
    assert f"TRUSTED_PROXIES={peer}" in reply.json()["detail"]


def test_https_by_an_unknown_proxy_names_it(behind_a_proxy: Any) -> None:
    behind_a_proxy.HTTPS = True
    reply = Client(REMOTE_ADDR="10.9.9.9").get("/api/v1/projects", headers={"X-Forwarded-Proto": "https"})
    assert (reply.status_code, reply.json()["code"]) == (400, "proxy_misconfigured")
    assert "10.9.9.9" in reply.json()["detail"]


def test_a_form_from_another_port_is_told_what_to_set(db: None) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "https://crowd.example:8443"})
    reply = browser.post("/accounts/login/", {})
    assert reply.status_code == 403
    assert "SITE_URL=https://crowd.example:8443" in text_of(reply)


@pytest.mark.parametrize("path", ["/crowd/accounts/login/", "/accounts/login/"])
def test_under_a_path_of_a_host_every_address_begins_with_it(
    db: None, settings: Any, path: str, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(partial(set_script_prefix, "/"))  # which the server sets for each request, and tests don't
    settings.FORCE_SCRIPT_NAME = "/crowd"
    replies: list[str] = []
    environ = RequestFactory().get(path).environ
    body = b"".join(application(environ, lambda status, headers, _exc=None: replies.append(status)))
    assert replies == ["200 OK"]
    text = body.decode()
    assert 'content="/crowd/api/v1"' in text
    assert 'action="/crowd/accounts/login/"' in text
    assert 'href="/accounts' not in text
