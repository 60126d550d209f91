"""Every way in which an address or a role comes to be, tried by the wrong person.

Mallory has a project of her own and wants the account, or the role, that is meant for the holder of
ceo@example.com.
"""

from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from crowd.people.accounts import proof_path
from crowd.people.models import ApiKey, AuditEvent, User, audit
from crowd.projects.invite_links import link_path, make_link
from crowd.projects.models import Membership, Project, Role, WaitingMember
from crowd.projects.ownership import create_project
from tests.cast import CHOICE, Api

CEO = "ceo@example.com"
SECRET = "mallory knows this"
OTHER = "only the holder knows"


@pytest.fixture
def mallory(charlie: Api) -> Api:
    """An outsider to birds, and owner of nests."""
    create_project(owner=charlie.user, slug="nests", name="Nests", schema=CHOICE)
    return charlie


def choose_password(url: str, password: str) -> Client:
    """Open a link in a browser of its own, and choose a password where it leads to."""
    browser = Client()
    form = browser.get(url, follow=True)
    browser.post(form.request["PATH_INFO"], {"new_password1": password, "new_password2": password})
    return browser


def invite(inviter: Api, slug: str, role: str = "worker", email: str = CEO) -> Any:
    return inviter("POST", f"/projects/{slug}/members", {"email": email, "role": role})


def taken_by_invitation(mallory: Api) -> Client:
    """Mallory invites the address and uses the link herself."""
    return choose_password(invite(mallory, "nests").json()["invitation_url"], SECRET)


def taken_by_link(mallory: Api) -> Client:
    """Mallory joins her own project under the address."""
    link = make_link(project=Project.objects.get(slug="nests"), actor=mallory.user, expires_days=1, uses=None)
    browser = Client()
    browser.post(link_path(link), {"email": CEO, "new_password1": SECRET, "new_password2": SECRET})
    return browser


TAKEN = pytest.mark.parametrize("take", [taken_by_invitation, taken_by_link])


def role_of_ceo(slug: str = "birds") -> str | None:
    return Membership.objects.filter(project__slug=slug, user__email=CEO).values_list("role", flat=True).first()


def printed(*command: str, **options: Any) -> str:
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue().strip()


@TAKEN
@pytest.mark.parametrize("role", ["owner", "manager", "reviewer", "worker"])
def test_role_that_is_given_to_a_taken_address_is_not_had_by_whoever_took_it(
    take: Any, role: str, project: Project, alice: Api, mallory: Api
) -> None:
    browser = take(mallory)

    reply = invite(alice, "birds", role)

    assert (reply.status_code, "invitation_url" in reply.json()) == (202, False)
    assert browser.get("/api/v1/projects/birds").status_code == 404
    assert browser.get("/projects/birds").status_code == 404
    assert role_of_ceo() is None


@TAKEN
def test_holder_gets_account_and_role_and_whoever_took_it_loses_both(
    take: Any, project: Project, alice: Api, mallory: Api
) -> None:
    taker, ceo = take(mallory), User.objects.get(email=CEO)
    _key, secret = ApiKey.objects.create_key(user=ceo, name="left behind")
    invite(alice, "birds", "manager")

    holder = choose_password(printed("reset_link", CEO).partition("8000")[2], OTHER)

    assert role_of_ceo() == "manager"
    assert holder.get("/projects/birds/settings").status_code == 200
    assert taker.get("/api/v1/projects").status_code == 401
    assert Client().get("/api/v1/projects", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert not Client().login(email=CEO, password=SECRET)
    given = AuditEvent.objects.get(action="member.added", subject="birds", detail__email=CEO)
    assert (given.actor_id, given.detail["role"]) == (alice.user.pk, "manager")


def test_link_that_mallory_holds_dies_when_an_operator_vouches_for_the_address(project: Project, mallory: Api) -> None:
    url = invite(mallory, "nests").json()["invitation_url"]
    opened = Client()
    form = opened.get(url, follow=True).request["PATH_INFO"]

    printed("create_api_key", CEO, project="birds", role="manager")

    assert role_of_ceo() == "manager"
    opened.post(form, {"new_password1": SECRET, "new_password2": SECRET})
    choose_password(url, SECRET)
    assert not Client().login(email=CEO, password=SECRET)
    member = Membership.objects.get(project__slug="nests", user__email=CEO)
    assert mallory("POST", f"/projects/nests/members/{member.pk}/invitation").json()["code"] == "account_in_use"


@TAKEN
@pytest.mark.parametrize("options", [{"superuser": True}, {"project": "birds", "role": "reviewer"}])
def test_command_line_gives_no_role_to_an_account_that_somebody_entered(
    take: Any, options: dict[str, Any], project: Project, mallory: Api
) -> None:
    take(mallory)

    with pytest.raises(CommandError, match=f"reset_link {CEO}"):
        printed("create_api_key", CEO, **options)

    ceo = User.objects.get(email=CEO)
    assert (role_of_ceo(), ceo.is_superuser, ceo.address_confirmed, ceo.api_keys.count()) == (None, False, False, 0)


@TAKEN
def test_taken_address_makes_no_project_and_no_key(take: Any, mallory: Api) -> None:
    browser = take(mallory)
    body = {"name": "Eggs", "schema": CHOICE}

    made = browser.post("/api/v1/projects", body, content_type="application/json")

    assert (made.status_code, made.json()["code"]) == (403, "may_not_make_projects")
    assert browser.post("/keys", {"name": "door", "scope": "all", "days": ""}).status_code == 403
    assert browser.get("/projects/new").status_code == 403
    assert not ApiKey.objects.filter(user__email=CEO).exists()
    home = browser.get("/").content.decode()
    assert [text in home for text in ("New project", "API keys", "API docs")] == [False] * 3


@pytest.mark.parametrize("role", ["owner", "manager", "reviewer"])
def test_worker_is_not_promoted_by_an_address_that_nobody_confirmed(role: str, project: Project, alice: Api) -> None:
    dora = invite(alice, "birds", email="dora@example.com").json()["id"]

    reply = alice("PATCH", f"/projects/birds/members/{dora}", {"role": role})

    assert (reply.status_code, reply.json()["code"]) == (409, "address_not_confirmed")
    assert Membership.objects.get(pk=dora).role == Role.WORKER


@TAKEN
def test_place_on_a_list_is_not_had_by_whoever_took_the_address(
    take: Any, project: Project, alice: Api, mallory: Api
) -> None:
    alice("PATCH", "/projects/birds", {"allow_list": [CEO]})
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=5)

    browser = take(mallory)
    browser.post(link_path(link))
    browser.post(link_path(link))

    assert role_of_ceo() is None
    assert browser.get("/projects/birds/work").status_code == 404
    link.refresh_from_db()
    assert link.uses_left == 4
    choose_password(proof_path(User.objects.get(email=CEO)), OTHER)
    assert role_of_ceo() == "worker"


def test_newcomer_who_types_in_an_address_of_the_list_waits(project: Project, alice: Api) -> None:
    alice("PATCH", "/projects/birds", {"allow_list": [CEO]})
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=5)
    browser = Client()

    page = browser.post(link_path(link), {"email": CEO, "new_password1": SECRET, "new_password2": SECRET}, follow=True)

    assert "Waits until your address is confirmed" in page.content.decode()
    assert role_of_ceo() is None


def test_manager_can_not_put_himself_on_the_list_under_a_foreign_address(project: Project, alice: Api) -> None:
    alice("PATCH", "/projects/birds", {"allow_list": [CEO]})

    reply = invite(alice, "birds")

    assert (reply.status_code, "invitation_url" in reply.json(), role_of_ceo()) == (202, False, None)


def test_joining_as_a_worker_by_link_takes_no_role_that_waits_away(project: Project, alice: Api, mallory: Api) -> None:
    browser = taken_by_link(mallory)
    invite(alice, "birds", "manager")
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=5)

    browser.post(link_path(link))

    assert WaitingMember.objects.get().role == "manager"
    assert role_of_ceo() is None


def test_role_that_waits_is_not_given_once_its_giver_may_not_give_it(project: Project, alice: Api) -> None:
    eve = User.objects.create_user("eve@example.com", address_confirmed=True)
    as_owner = Membership.objects.create(project=project, user=eve, role=Role.OWNER)
    _key, secret = ApiKey.objects.create_key(user=eve, name="eve")
    invite(Api(eve, secret), "birds", "owner")
    as_owner.delete()

    choose_password(proof_path(User.objects.get(email=CEO)), OTHER)

    assert role_of_ceo() is None
    assert not WaitingMember.objects.exists()


def test_who_waits_is_shown_and_withdrawn_by_who_may_give_the_role(
    project: Project, alice: Api, bob: Api, mallory: Api
) -> None:
    Membership.objects.filter(user=bob.user).update(role=Role.MANAGER)
    Membership.objects.create(project=project, user=mallory.user, role=Role.REVIEWER)
    waiting = invite(alice, "birds", "owner").json()
    path = f"/projects/birds/waiting-members/{waiting['id']}"

    assert alice("GET", "/projects/birds/waiting-members").json()["results"] == [waiting]
    assert f"./script/manage reset_link {CEO}" in waiting["how_to_confirm"]
    assert [who("DELETE", path).json()["code"] for who in (bob, mallory)] == ["role_required"] * 2
    assert mallory("DELETE", path.replace("birds", "nests")).status_code == 404
    assert alice("DELETE", path).status_code == 204
    choose_password(proof_path(User.objects.get(email=CEO)), OTHER)
    assert role_of_ceo() is None


def test_one_link_of_each_kind_works_once_and_only_as_its_kind(project: Project, alice: Api) -> None:
    url = invite(alice, "birds").json()["invitation_url"].removeprefix("http://testserver")
    proof = proof_path(User.objects.get(email=CEO))

    choose_password(url.replace("/invitations/", "/passwords/"), SECRET)
    choose_password(proof.replace("/passwords/", "/invitations/"), SECRET)
    assert not User.objects.get(email=CEO).has_usable_password()
    choose_password(url, OTHER)
    choose_password(url, SECRET)
    choose_password(proof, SECRET)

    ceo = User.objects.get(email=CEO)
    assert (ceo.check_password(OTHER), ceo.address_confirmed) == (True, False)


def test_lost_owner_is_replaced_by_a_command(project: Project, alice: Api, bob: Api) -> None:
    assert printed("make_owner", "birds", "bob@example.com") == "bob@example.com is now an owner of birds."
    url = printed("make_owner", "birds", CEO).splitlines()[1]
    before = role_of_ceo()

    choose_password(url.partition("8000")[2], OTHER)

    assert (before, role_of_ceo()) == (None, "owner")
    assert Membership.objects.get(user=bob.user).role == Role.OWNER
    with pytest.raises(CommandError, match="no project"):
        printed("make_owner", "nothing", CEO)


def test_command_line_leaves_a_project_its_owner(project: Project) -> None:
    with pytest.raises(CommandError, match="A project needs an owner"):
        printed("create_api_key", "alice@example.com", project="birds", role="worker")


def test_no_link_is_printed_for_nobody(db: None) -> None:
    with pytest.raises(CommandError, match="There is no account"):
        printed("reset_link", "nobody@example.com")


@pytest.mark.parametrize(
    ("makers", "may"),
    [("confirmed", ["alice", "bob", "root"]), ("staff", ["alice", "root"]), ("superusers", ["root"])],
)
def test_setting_says_who_may_make_projects(
    makers: str, may: list[str], settings: Any, project: Project, alice: Api, bob: Api, charlie: Api
) -> None:
    settings.PROJECT_MAKERS = makers
    User.objects.filter(pk=charlie.user.pk).update(is_superuser=True)
    body = {"name": "Eggs", "schema": CHOICE}

    made = {name: who("POST", "/projects", body) for name, who in (("alice", alice), ("bob", bob), ("root", charlie))}

    assert [name for name, reply in made.items() if reply.status_code == 201] == may
    assert {r.json()["code"] for name, r in made.items() if name not in may} <= {"may_not_make_projects"}


def test_upgrade_takes_the_flag_from_addresses_that_nobody_proved(db: None) -> None:
    people = {name: User.objects.create_user(f"{name}@example.com") for name in ("invited", "root", "robot", "claims")}
    User.objects.update(address_confirmed=True)
    User.objects.filter(pk=people["root"].pk).update(is_superuser=True)
    audit(None, "key.created", "robot@example.com", by="command line")
    audit(people["claims"], "key.created", "claims@example.com")
    EmailAddress.objects.create(user=people["invited"], email=CEO, primary=True)

    import_module("crowd.people.migrations.0004_confirmed_by_proof_only").forget_unproved(apps, None)

    confirmed = User.objects.filter(address_confirmed=True).values_list("email", flat=True)
    assert sorted(confirmed) == ["robot@example.com", "root@example.com"]
    assert not EmailAddress.objects.exists()
