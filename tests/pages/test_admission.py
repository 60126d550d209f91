"""Invite links at the browser: made and revoked by owners, opened by anybody."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from crowd.people.models import User
from crowd.projects.invite_links import link_path, make_link
from crowd.projects.models import InviteLink, Membership, Project, Role
from tests.cast import Api
from tests.pages.conftest import Visit, text_of
from tests.pages.test_escaping import ESCAPED, PAYLOAD

DORA = {"email": "Dora@example.com", "new_password1": "quite a secret", "new_password2": "quite a secret"}


@pytest.fixture
def link(tasks: Project, alice: Api) -> InviteLink:
    return make_link(project=tasks, actor=alice.user, expires_days=14, uses=50)


@pytest.fixture
def opened(link: InviteLink) -> str:
    """The address that the link opens."""
    return link_path(link)


def test_owner_makes_copies_and_revokes_a_link(owner: Client) -> None:
    made = owner.post("/projects/birds/invite-links", {"expires_days": "7", "uses": "1"}, follow=True)
    url = re.search(r"http://testserver/join/[\w.-]+", made.content.decode())

    assert url
    assert "for 1 more person" in text_of(made)
    assert Client().get(url[0]).status_code == 200
    revoked = owner.post(f"/projects/birds/invite-links/{InviteLink.objects.get().pk}/revoke", follow=True)
    assert "Nobody can join by that link any more. You can make a new one." in text_of(revoked)
    assert "/join/" not in revoked.content.decode()
    assert "This invite link was withdrawn." in text_of(Client().get(url[0]))


def test_link_form_says_what_is_wrong(owner: Client) -> None:
    reply = owner.post("/projects/birds/invite-links", {"expires_days": "0", "uses": ""})

    assert reply.context["link_form"].errors == {
        "expires_days": ["Ensure this value is greater than or equal to 1."],
    }
    assert not InviteLink.objects.exists()


def test_reviewers_are_not_shown_links(opened: str, member: Callable[[Role], Client]) -> None:
    assert opened not in member(Role.REVIEWER).get("/projects/birds/members").content.decode()
    assert opened in member(Role.MANAGER).get("/projects/birds/members").content.decode()


def test_who_is_signed_in_joins_with_one_button(opened: str, outsider: Client, charlie: Api, tasks: Project) -> None:
    page = outsider.get(opened)
    joined = outsider.post(opened)

    assert "Join Birds" in text_of(page)
    assert "You are signed in as charlie@example.com." in text_of(page)
    assert 'type="password"' not in page.content.decode()
    assert joined["Location"] == "/projects/birds/work"
    assert outsider.get("/projects/birds/work").status_code == 200
    assert "no-store" in page["Cache-Control"]


def test_opening_a_link_is_not_joining(opened: str, outsider: Client, charlie: Api, tasks: Project) -> None:
    outsider.get(opened)

    assert not tasks.memberships.filter(user=charlie.user).exists()


def test_members_are_taken_to_the_project_even_when_the_link_has_ended(
    opened: str, owner: Client, worker: Client
) -> None:
    InviteLink.objects.update(expires_at=Now())

    assert owner.get(opened)["Location"] == "/projects/birds"
    assert worker.get(opened)["Location"] == "/projects/birds/work"


def test_newcomer_makes_an_account_and_is_in(opened: str, client: Client, tasks: Project) -> None:
    joined = client.post(opened, DORA)

    dora = User.objects.get(email="dora@example.com")
    assert joined["Location"] == "/projects/birds/work"
    assert client.get("/projects/birds/work").status_code == 200
    assert tasks.memberships.get(user=dora).role == Role.WORKER
    assert (dora.check_password("quite a secret"), dora.address_confirmed) == (True, False)
    assert InviteLink.objects.get().uses_left == 49


def test_owner_sees_whose_address_nobody_confirmed(opened: str, client: Client, owner: Client) -> None:
    client.post(opened, DORA)

    assert text_of(owner.get("/projects/birds/members")).count("· address not confirmed") == 1


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"email": "nobody"}, "email", "Enter a valid email address."),
        ({"new_password2": "another secret"}, "new_password2", "The two password fields didn\u2019t match."),
        (
            {"new_password1": "short", "new_password2": "short"},
            "new_password2",
            "This password is too short. It must contain at least 10 characters.",
        ),
        (
            {"new_password1": "dora@example.com", "new_password2": "dora@example.com"},
            "new_password2",
            "The password is too similar to the email.",
        ),
    ],
)
def test_account_that_can_not_be_made_is_told_at_its_field(
    change: dict[str, str], field: str, message: str, opened: str, client: Client
) -> None:
    reply = client.post(opened, {**DORA, **change})

    assert reply.context["form"].errors == {field: [message]}
    assert not User.objects.filter(email__startswith="dora").exists()


def test_address_with_an_account_is_sent_to_sign_in_and_comes_back(opened: str, client: Client, charlie: Api) -> None:
    charlie.user.set_password("quite a secret")
    charlie.user.save()

    for password in ("quite a secret", "quite a guess"):
        reply = client.post(
            opened, {"email": "Charlie@example.com", "new_password1": password, "new_password2": password}
        )
        assert reply.context["form"].errors == {
            "email": ["There is an account with this address already. If it is yours, sign in."]
        }
    (sign_in,) = re.findall(r'href="(/accounts/login/\?next=/join/[^"]+)"', reply.content.decode())
    signed_in = client.post(sign_in, {"login": "charlie@example.com", "password": "quite a secret"})
    assert signed_in["Location"] == opened
    assert InviteLink.objects.get().uses_left == 50


def test_list_is_asked_before_accounts_are(opened: str, client: Client, charlie: Api, tasks: Project) -> None:
    Project.objects.update(allow_list=["@example.org"])

    errors = [
        client.post(opened, {**DORA, "email": email}).context["form"].errors["email"][0]
        for email in ("charlie@example.com", "nobody@example.com")
    ]

    assert errors == [
        f"{email} is not on the list of those who may work in this project. Ask its owner."
        for email in ("charlie@example.com", "nobody@example.com")
    ]
    assert not User.objects.filter(email="nobody@example.com").exists()


def test_who_is_not_on_the_list_gets_no_button(opened: str, outsider: Client, tasks: Project) -> None:
    Project.objects.update(allow_list=["@example.org"])

    for reply in (outsider.get(opened), outsider.post(opened)):
        assert reply.status_code == 409
        assert "charlie@example.com is not on the list" in text_of(reply)
    assert tasks.memberships.count() == 2


@pytest.mark.parametrize(
    ("ended", "message"),
    [
        ({"expires_at": Now() - timedelta(seconds=1)}, "This invite link has expired."),
        ({"uses_left": 0}, "This invite link has been used by as many people as it was for."),
        ({"revoked_at": Now()}, "This invite link was withdrawn."),
    ],
)
def test_link_that_has_ended_says_so_and_what_to_do(
    ended: dict[str, object], message: str, opened: str, client: Client, outsider: Client
) -> None:
    InviteLink.objects.update(**ended)

    for reply in (client.get(opened), client.post(opened, DORA), outsider.get(opened), outsider.post(opened)):
        assert reply.status_code == 410
        assert f"{message} Ask whoever gave it to you for a new one." in text_of(reply)
    assert not User.objects.filter(email="dora@example.com").exists()


def test_link_that_never_was_is_not_found(client: Client, db: None) -> None:
    reply = client.get("/join/nonsense")

    assert (reply.status_code, "There is no such invite link." in text_of(reply)) == (404, True)


def test_accounts_made_from_one_network_are_limited(opened: str, client: Client, tasks: Project) -> None:
    replies = [Client().post(opened, {**DORA, "email": f"person{n}@example.com"}).status_code for n in range(21)]
    limited = Client().post(opened, {**DORA, "email": "late@example.com"})

    assert replies == [302] * 20 + [429]
    assert (limited.status_code, limited["Retry-After"]) == (429, "60")
    assert tasks.memberships.filter(user__email__startswith="person").count() == 20


def test_joining_needs_a_csrf_token(opened: str, tasks: Project, charlie: Api) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(opened, DORA).status_code == 403
    strict.force_login(charlie.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post(opened).status_code == 403
    assert tasks.memberships.count() == 2


def test_hostile_text_on_the_page_of_a_link_is_text(opened: str, client: Client, outsider: Client) -> None:
    Project.objects.update(name=PAYLOAD, instructions=PAYLOAD)

    for content in (client.get(opened).content.decode(), outsider.get(opened).content.decode()):
        assert content.count(ESCAPED) >= 3
        assert PAYLOAD not in content


def test_hostile_skills_and_lists_in_the_settings_are_text(owner: Client, alice: Api, tasks: Project) -> None:
    Project.objects.update(granted_skill=PAYLOAD, required_skill=f"x/{PAYLOAD}", allow_list=[PAYLOAD])

    content = owner.get("/projects/birds/settings").content.decode()

    assert content.count(ESCAPED) >= 4
    assert PAYLOAD not in content


def test_skills_to_choose_from_are_those_of_ones_own_other_projects(
    owner: Client, alice: Api, charlie: Api, tasks: Project
) -> None:
    for person, slug in ((alice, "mine"), (charlie, "theirs")):
        other = Project.objects.create(slug=slug, name=slug, schema=tasks.schema, granted_skill="owls")
        Membership.objects.create(project=other, user=person.user, role=Role.OWNER)
    Project.objects.filter(pk=tasks.pk).update(granted_skill="birds")
    page = owner.get("/projects/birds/settings")
    settings = page.context["form"].initial

    assert page.context["form"].fields["required_skill"].choices == [("", "none"), ("mine/owls", "mine/owls")]
    refused = owner.post("/projects/birds/settings", {**settings, "required_skill": "theirs/owls"})
    assert "theirs/owls is not one of the available choices" in text_of(refused)
    owner.post("/projects/birds/settings", {**settings, "required_skill": "mine/owls"})
    assert Project.objects.get(pk=tasks.pk).required_skill == "mine/owls"


def test_lost_invitation_is_renewed_by_whoever_handles_the_member(
    owner: Client, alice: Api, visit: Visit, tasks: Project
) -> None:
    owner.post("/projects/birds/members", {"email": "dora@example.com", "role": "worker"})
    elsewhere = visit(alice)
    membership = Membership.objects.get(user__email="dora@example.com")
    assert "New invitation" in text_of(elsewhere.get("/projects/birds/members"))

    page = elsewhere.post(f"/projects/birds/members/{membership.pk}/invitation", follow=True)

    renewed = re.search(r"http://testserver(/invitations/[^<\s]+)", page.content.decode())
    assert renewed
    assert "For dora@example.com. After that you are signed in here" in text_of(Client().get(renewed[1], follow=True))
    assert "/invitations/" not in owner.get("/projects/birds/members").content.decode()  # the first link is dead


def test_invitation_of_somebody_with_a_password_is_not_renewed(owner: Client, bob: Api) -> None:
    bob.user.set_password("quite a secret")
    bob.user.save()
    membership = Membership.objects.get(user=bob.user)

    page = owner.post(f"/projects/birds/members/{membership.pk}/invitation", follow=True)

    assert "bob@example.com needs no invitation from you" in text_of(page)
    assert "New invitation" not in text_of(page)
    bob.user.refresh_from_db()
    assert bob.user.check_password("quite a secret")
