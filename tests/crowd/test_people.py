"""Keys, sessions, retries and the record of what was done."""

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from crowd.people.jobs import forget_replies
from crowd.people.models import ApiKey, AuditEvent, StoredReply, User, audit
from crowd.people.sealing import Unreadable, opened, sealed
from crowd.projects.models import Membership, Project
from tests.cast import Api
from tests.crowd.test_hsts import run


def refusal(reply: Any) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


def test_without_a_key_nothing_is_said(db: None) -> None:
    reply = Client().get("/api/v1/projects")
    assert refusal(reply) == (401, "not_authenticated")
    assert (reply["WWW-Authenticate"], reply["Content-Type"]) == ("Bearer", "application/problem+json")


def test_wrong_revoked_and_expired_keys_are_told_apart(alice: Api) -> None:
    wrong = alice("GET", "/projects", Authorization="Bearer crowd_nonsense")
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = alice("GET", "/projects")
    ApiKey.objects.update(revoked_at=timezone.now())
    revoked = alice("GET", "/projects")
    assert [refusal(r) for r in (wrong, expired, revoked)] == [
        (401, "invalid_api_key"),
        (401, "api_key_expired"),
        (401, "invalid_api_key"),
    ]


def test_the_key_of_a_disabled_account_is_dead(alice: Api) -> None:
    User.objects.update(is_active=False)
    assert refusal(alice("GET", "/projects")) == (401, "invalid_api_key")


def test_only_a_hash_of_a_key_is_stored(alice: Api) -> None:
    assert alice.key not in str(list(ApiKey.objects.values()))


def test_a_key_for_labels_opens_labels_only(project: Project, alice: Api) -> None:
    ApiKey.objects.update(scope="labels:read")
    assert alice("GET", "/projects/birds/labels").status_code == 200
    assert refusal(alice("GET", "/projects")) == (403, "scope_missing")
    assert refusal(alice("DELETE", "/projects/birds")) == (403, "scope_missing")


def test_a_session_writes_only_with_a_csrf_token(alice: Api) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    body = {"name": "Birds", "schema": {"type": "choice", "classes": ["a", "b"]}}
    assert browser.get("/api/v1/projects").status_code == 200
    refused = browser.post("/api/v1/projects", body, content_type="application/json")
    assert refusal(refused) == (403, "csrf_failed")
    assert refused["Content-Type"] == "application/problem+json"
    assert "Reload it" in refused.json()["detail"]
    assert not Project.objects.exists()
    browser.get("/projects/new")
    token = {"X-CSRFToken": browser.cookies["csrf"].value}
    assert browser.post("/api/v1/projects", body, content_type="application/json", headers=token).status_code == 201


def test_a_session_at_another_address_is_told_what_to_set(alice: Api) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "https://crowd.example:8443"})
    browser.force_login(alice.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    refused = browser.post("/api/v1/projects", {}, content_type="application/json")
    assert refusal(refused) == (403, "csrf_failed")
    assert "SITE_URL=https://crowd.example:8443" in refused.json()["detail"]


def test_a_retried_post_does_its_work_once(alice: Api) -> None:
    body = {"name": "Birds", "schema": {"type": "choice", "classes": ["a", "b"]}}
    first, second = (alice("POST", "/projects", body, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Project.objects.count() == 1


def test_a_refused_post_may_be_mended_and_sent_with_the_same_key(alice: Api) -> None:
    body = {"name": "", "schema": {"type": "choice", "classes": ["a", "b"]}}
    assert alice("POST", "/projects", body, **{"Idempotency-Key": "one"}).status_code == 400
    assert alice("POST", "/projects", {**body, "name": "Birds"}, **{"Idempotency-Key": "one"}).status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "secret"),
    [
        ("members", {"email": "dora@example.com", "role": "worker"}, "invitation_url"),
        ("members/{dora}/invitation", None, "invitation_url"),
        ("invite-links", {}, "url"),
    ],
)
def test_what_is_kept_for_retries_shows_no_secret_of_it(
    project: Project, alice: Api, path: str, body: Any, secret: str
) -> None:
    if body is None:
        dora = alice("POST", "/projects/birds/members", {"email": "dora@example.com", "role": "worker"}).json()
        path = path.format(dora=dora["id"])
    first, again = (alice("POST", f"/projects/birds/{path}", body, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    kept = json.dumps(list(StoredReply.objects.values()), default=str)
    assert first.json()[secret].rpartition("/")[2] not in kept
    assert "http" not in kept
    assert "dora" not in kept


def test_a_reply_outlives_the_secret_key_where_the_old_one_is_kept(alice: Api, settings: Any) -> None:
    def post() -> Any:
        body = {"name": "Birds", "schema": {"type": "choice", "classes": ["a", "b"]}}
        return alice("POST", "/projects", body, **{"Idempotency-Key": "one"})

    first, old = post(), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    assert post().json() == first.json()
    settings.SECRET_KEY_FALLBACKS = []
    assert refusal(post()) == (409, "reply_lost")
    assert Project.objects.count() == 1


def test_a_reply_that_was_stored_before_they_were_sealed_is_given_again(alice: Api) -> None:
    body = {"name": "Birds", "schema": {"type": "choice", "classes": ["a", "b"]}}
    first = alice("POST", "/projects", body, **{"Idempotency-Key": "one"})
    StoredReply.objects.update(body=first.json())
    assert alice("POST", "/projects", body, **{"Idempotency-Key": "one"}).json() == first.json()


def test_what_is_sealed_is_opened_for_its_purpose_alone_and_as_it_was() -> None:
    text = '{"name": "Bl\u00e4ss", "n": 1}' * 100
    one, other = sealed(text, "1 k"), sealed(text, "1 k")
    assert opened(one, "1 k") == opened(other, "1 k") == text
    assert one != other
    changed = one[:-8] + ("A" if one[-8] != "A" else "B") + one[-7:]
    for seal, purpose in ((one, "2 k"), (changed, "1 k"), ("", "1 k")):
        with pytest.raises(Unreadable):
            opened(seal, purpose)


def test_a_service_that_seals_nothing_does_not_load_the_cipher(tmp_path: Path) -> None:
    loaded = 'print("cryptography.fernet" in sys.modules)'
    told = run(
        tmp_path,
        "-c",
        "import sys; from crowd.server.site import load; load(); "
        f"from crowd.people.sealing import sealed; {loaded}; sealed('text', 'purpose'); {loaded}",
    )
    assert told.stdout.split() == ["False", "True"], told.stderr


def test_the_way_of_the_framework_to_make_a_superuser_leads_to_ours(db: None, tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "createsuperuser", "--noinput", "--email", "eve@example.com")
    (told,) = done.stderr.strip().splitlines()
    assert done.returncode == 1
    out = StringIO()
    for command in re.findall(r"\./script/manage (.+?),", told):
        name, *arguments = command.replace("EMAIL", "eve@example.com").split()
        call_command(name, *arguments, stdout=out)
    link = urlsplit(out.getvalue().split()[-1]).path
    assert Client().get(link, follow=True).status_code == 200
    assert User.objects.values_list("email", "is_superuser").get() == ("eve@example.com", True)


def test_keys_of_two_people_do_not_meet(alice: Api, bob: Api) -> None:
    body = {"name": "Birds", "schema": {"type": "choice", "classes": ["a", "b"]}}
    slugs = [a("POST", "/projects", body, **{"Idempotency-Key": "one"}).json()["slug"] for a in (alice, bob)]
    assert slugs == ["birds", "birds-2"]


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_audit_events_can_not_be_changed_or_deleted(alice: Api, verb: str) -> None:
    audit(alice.user, "test", "subject")
    events = AuditEvent.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        events.update(action="forged") if verb == "update" else events.delete()
    assert AuditEvent.objects.get().action == "test"


def test_keys_come_from_the_command_line_one_a_line(project: Project) -> None:
    out = StringIO()
    call_command("create_api_key", "Dora@example.com", "eve@example.com", project="birds", role="worker", stdout=out)
    keys = out.getvalue().split()
    assert len(keys) == 2
    assert [Client().get("/api/v1/projects", headers={"Authorization": f"Bearer {k}"}).status_code for k in keys] == [
        200
    ] * 2
    assert Membership.objects.filter(project=project, role="worker", user__email="dora@example.com").exists()


def test_the_command_line_refuses_what_it_can_not_do(db: None) -> None:
    with pytest.raises(CommandError, match="no project"):
        call_command("create_api_key", "dora@example.com", project="birds", role="worker")
    with pytest.raises(CommandError, match="go together"):
        call_command("create_api_key", "dora@example.com", project="birds")
    with pytest.raises(CommandError, match="not an e-mail"):
        call_command("create_api_key", "dora")
    assert not User.objects.exists()


def test_an_unknown_route_and_method_are_problem_documents(alice: Api) -> None:
    replies = [alice("GET", "/nothing"), alice("DELETE", "/projects")]
    assert [refusal(r) for r in replies] == [(404, "not_found"), (405, "method_not_allowed")]
    assert {r["Content-Type"] for r in replies} == {"application/problem+json"}


@pytest.mark.parametrize(
    "query",
    [
        "?memberships__user__password__startswith=a",
        "?limit=0",
        "?limit=1001",
        "?limit=x",
        "?cursor=cD1hYmM=",
        "?cursor=x",
    ],
)
def test_unknown_and_bad_parameters_are_refused(alice: Api, query: str) -> None:
    assert refusal(alice("GET", f"/projects{query}")) == (400, "invalid")


def test_a_body_longer_than_its_route_takes_is_refused_before_it_is_read(alice: Api) -> None:
    body = json.dumps({"answer": "x" * 2**20})
    assert refusal(alice("PUT", "/assignments/none/response", body)) == (413, "too_large")
    assert refusal(alice("POST", "/projects/none/tasks", body)) == (404, "project_not_found")


def test_json_of_more_values_than_memory_holds_is_refused_before_it_is_parsed(alice: Api) -> None:
    assert refusal(alice("POST", "/projects/none/tasks", "[" + "[]," * 2_000_001 + "[]]")) == (404, "project_not_found")
    assert refusal(alice("POST", "/projects", "[" + "[]," * 2_000_001 + "[]]")) == (413, "too_large")
    assert refusal(alice("POST", "/projects", "[" * 100_000 + "]" * 100_000)) == (400, "parse_error")


def test_stored_replies_are_forgotten_after_a_day(alice: Api) -> None:
    body = {"name": "Birds", "schema": {"type": "choice", "classes": ["a", "b"]}}
    for key in ("old", "new"):
        alice("POST", "/projects", body, **{"Idempotency-Key": key})
    StoredReply.objects.filter(key="old").update(created_at=timezone.now() - timedelta(hours=25))
    forget_replies()
    assert [reply.key for reply in StoredReply.objects.all()] == ["new"]


def test_health_says_what_is_there(db: None) -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
    parts = ("status", "database", "migrations", "broker", "media", "storage")
    assert Client().get("/readyz").json() == dict.fromkeys(parts, "ok")
