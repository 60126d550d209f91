"""Signing in, and API keys."""

import pytest
from django.test import Client
from django.utils import timezone

from crowd.people.models import ApiKey, AuditEvent, Scope, User
from tests.cast import Api
from tests.pages.conftest import Visit, text_of

NEW = {"name": "nightly export", "scope": "labels:read", "days": "30"}


def test_sign_in_leads_to_the_page_that_was_asked_for(client: Client, db: None) -> None:
    User.objects.create_user("alice@example.com", "correct horse")

    reply = client.post("/accounts/login/?next=/keys", {"login": "alice@example.com", "password": "correct horse"})

    assert (reply.status_code, reply["Location"]) == (302, "/keys")


def test_wrong_password_and_unknown_address_get_the_same_reply(client: Client, db: None) -> None:
    User.objects.create_user("alice@example.com", "correct horse")

    replies = [
        client.post("/accounts/login/", {"login": email, "password": "wrong"}).context["form"].errors
        for email in ("alice@example.com", "nobody@example.com")
    ]

    assert replies[0] == replies[1]
    assert "password you specified" in str(replies[0])


def test_sign_in_password_and_key_changes_are_in_the_audit_trail(client: Client, db: None) -> None:
    alice = User.objects.create_user("alice@example.com", "correct horse", address_confirmed=True)
    ApiKey.objects.create_key(user=alice, name="nightly")
    for password in ("wrong", "correct horse"):
        client.post("/accounts/login/", {"login": "Alice@example.com", "password": password})
    changed = {"new_password1": "battery staple", "new_password2": "battery staple", "revoke_keys": "on"}

    client.post("/accounts/password/change/", {"old_password": "correct horse", **changed})
    client.post("/accounts/logout/")

    trail = [(event.actor_id, event.action, event.subject) for event in AuditEvent.objects.order_by("pk")]
    assert trail == [
        (None, "account.sign_in_refused", "alice@example.com"),
        (alice.pk, "account.signed_in", "alice@example.com"),
        (alice.pk, "password.changed", "alice@example.com"),
        (alice.pk, "key.revoked", "alice@example.com"),
        (alice.pk, "account.signed_out", "alice@example.com"),
    ]


@pytest.mark.parametrize("revoke", [True, False])
def test_password_change_ends_other_sessions_and_keys_if_asked(revoke: bool, visit: Visit, alice: Api) -> None:
    alice.user.set_password("correct horse")
    alice.user.save()
    here, elsewhere = visit(alice), visit(alice)
    changed = {"new_password1": "battery staple", "new_password2": "battery staple"}

    assert "Also revoke all my API keys" in text_of(here.get("/accounts/password/change/"))
    here.post("/accounts/password/change/", {"old_password": "correct horse", **changed, "revoke_keys": revoke})

    assert [browser.get("/").status_code for browser in (here, elsewhere)] == [200, 302]
    assert alice("GET", "/projects").status_code == (401 if revoke else 200)
    assert Client().login(email="alice@example.com", password="battery staple")


def test_password_is_not_changed_by_who_does_not_know_it(visit: Visit, alice: Api) -> None:
    alice.user.set_password("correct horse")
    alice.user.save()
    new = {"new_password1": "battery staple", "new_password2": "battery staple"}

    replies = [visit(alice).post("/accounts/password/change/", {"old_password": f"guess {n}", **new}) for n in range(6)]

    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    alice.user.refresh_from_db()
    assert alice.user.check_password("correct horse")


def test_sign_up_is_by_invitation(client: Client, db: None) -> None:
    assert "Accounts come by invitation" in text_of(client.get("/accounts/signup/"))


@pytest.mark.parametrize("page", ["login", "logout", "signup", "inactive", "password/change"])
def test_account_pages_use_our_page_and_stay_out_of_caches(page: str, client: Client, visit: Visit, alice: Api) -> None:
    for browser in (visit(alice), client):
        reply = browser.get(f"/accounts/{page}/")
        if reply.status_code == 200:
            assert "crowd/crowd" in reply.content.decode()
        assert (reply.status_code in (200, 302), "no-store" in reply["Cache-Control"]) == (True, True)


@pytest.mark.parametrize(
    "page", ["email", "confirm-email", "password/set", "reauthenticate", "password/reset/done", ""]
)
def test_account_pages_without_a_reason_are_not_there(page: str, client: Client, visit: Visit, alice: Api) -> None:
    address = f"/accounts/{page}/".replace("//", "/")

    replies = [browser.post(address, {"email": "ceo@example.com"}) for browser in (visit(alice), client)]

    assert [reply.status_code for reply in replies] == [404, 404]
    assert User.objects.get().email == "alice@example.com"


def test_secret_of_a_new_key_is_shown_once_and_works(visit: Visit, alice: Api) -> None:
    browser = visit(alice)

    reply = browser.post("/keys", NEW)

    secret = reply.context["secret"]
    key = ApiKey.objects.get(name="nightly export")
    assert ApiKey.objects.find(secret) == key
    assert (key.scope, key.user) == (Scope.LABELS, alice.user)
    assert key.expires_at is not None
    assert 29 <= (key.expires_at - timezone.now()).days <= 30
    assert secret in reply.content.decode()
    assert secret not in browser.get("/keys").content.decode()
    assert AuditEvent.objects.filter(action="key.created", actor=alice.user).exists()


def test_key_may_live_for_ever(visit: Visit, alice: Api) -> None:
    visit(alice).post("/keys", {**NEW, "days": ""})

    assert ApiKey.objects.get(name="nightly export").expires_at is None


def test_key_needs_a_name_and_a_known_scope(visit: Visit, alice: Api) -> None:
    reply = visit(alice).post("/keys", {"name": "", "scope": "root", "days": "30"})

    assert set(reply.context["form"].errors) == {"name", "scope"}
    assert ApiKey.objects.filter(user=alice.user).count() == 1  # the one the cast came with


def test_revoked_key_no_longer_works(visit: Visit, alice: Api) -> None:
    key = ApiKey.objects.get(user=alice.user)

    visit(alice).post(f"/keys/{key.pk}/revoke")

    assert alice("GET", "/projects").json()["code"] == "invalid_api_key"
    assert AuditEvent.objects.filter(action="key.revoked").count() == 1


def test_key_of_somebody_else_does_not_exist(visit: Visit, alice: Api, charlie: Api) -> None:
    key = ApiKey.objects.get(user=alice.user)

    assert visit(charlie).post(f"/keys/{key.pk}/revoke").status_code == 404
    assert alice("GET", "/projects").status_code == 200
