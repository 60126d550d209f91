"""Coming into a project: links, the list of who may, and invitations that were lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from crowd.errors import CrowdError
from crowd.people.accounts import newcomer
from crowd.people.models import ApiKey, AuditEvent, User
from crowd.projects.invite_links import join, join_as_newcomer, make_link
from crowd.projects.models import InviteLink, Membership, Project, Role
from crowd.projects.ownership import create_project
from tests.cast import CHOICE, Api, api_for, worker_of


def refusal(reply: Any) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


def outcome_of(attempt: Any) -> str:
    """What came of an attempt in a thread of its own: joined, or the code of the error."""
    try:
        attempt()
    except CrowdError as error:
        return error.code
    finally:
        connection.close()
    return "joined"


def at_once(attempts: list[Any]) -> list[str]:
    with ThreadPoolExecutor(len(attempts)) as pool:
        return sorted(pool.map(outcome_of, attempts))


def test_link_is_made_listed_and_revoked(project: Project, alice: Api) -> None:
    made = alice("POST", "/projects/birds/invite-links", {"expires_days": 7, "uses": 50})
    forever = alice("POST", "/projects/birds/invite-links", {})
    days = InviteLink.objects.get(pk=made.json()["id"]).expires_at - InviteLink.objects.get(uses_left=50).created_at

    assert made.status_code == 201
    assert made.json()["url"].startswith("http://testserver/join/")
    assert (made.json()["state"], made.json()["uses_left"], forever.json()["uses_left"]) == ("open", 50, None)
    assert abs(days - timedelta(days=7)) < timedelta(seconds=1)
    assert alice("GET", "/projects/birds/invite-links").json()["results"] == [made.json(), forever.json()]
    assert alice("DELETE", f"/projects/birds/invite-links/{made.json()['id']}").status_code == 204
    assert alice("GET", "/projects/birds/invite-links").json()["results"] == [forever.json()]
    actions = AuditEvent.objects.filter(action__startswith="invite_link").order_by("pk")
    assert [event.action for event in actions] == ["invite_link.made", "invite_link.made", "invite_link.revoked"]


@pytest.mark.parametrize("body", [{"uses": 0}, {"expires_days": 0}, {"expires_days": 366}, {"role": "owner"}])
def test_link_that_makes_no_sense_is_refused(body: dict[str, Any], project: Project, alice: Api) -> None:
    assert refusal(alice("POST", "/projects/birds/invite-links", body)) == (400, "invalid")
    assert not InviteLink.objects.exists()


def test_links_are_for_owners_and_managers_of_their_own_project(project: Project, alice: Api, charlie: Api) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=None)
    create_project(owner=charlie.user, name="Nests", schema=CHOICE)
    dora = api_for("dora@example.com")
    Membership.objects.create(project=project, user=dora.user, role=Role.REVIEWER)

    assert refusal(dora("GET", "/projects/birds/invite-links")) == (403, "role_required")
    assert refusal(dora("POST", "/projects/birds/invite-links", {})) == (403, "role_required")
    assert refusal(charlie("DELETE", f"/projects/nests/invite-links/{link.pk}")) == (404, "not_found")
    assert InviteLink.objects.open().get() == link


def test_link_can_not_be_made_up_from_what_is_stored(project: Project, alice: Api) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=None)
    token = alice("GET", "/projects/birds/invite-links").json()["results"][0]["url"].rpartition("/")[2]

    assert token not in str(list(InviteLink.objects.values()))
    assert alice.client.get(f"/join/{token}").status_code == 200
    assert alice.client.get(f"/join/{link.nonce}").status_code == 404
    assert alice.client.get(f"/join/{link.nonce}.{'A' * 43}").status_code == 404


def test_joining_makes_one_worker_and_uses_the_link_once(project: Project, alice: Api, charlie: Api) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=2)

    first, second = (join(link=link, user=charlie.user) for _ in range(2))

    assert first == second == worker_of(charlie, project)
    assert first.role == Role.WORKER
    assert InviteLink.objects.get().uses_left == 1
    assert AuditEvent.objects.get(action="member.joined").actor_id == charlie.user.pk


def test_member_who_opens_a_link_stays_what_they_are(project: Project, alice: Api) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=1)

    assert join(link=link, user=alice.user).role == Role.OWNER
    assert InviteLink.objects.get().uses_left == 1


@pytest.mark.parametrize(
    "ended", [{"expires_at": Now()}, {"uses_left": 0}, {"revoked_at": Now()}], ids=["expired", "used up", "revoked"]
)
def test_link_that_has_ended_lets_nobody_in(ended: dict[str, Any], project: Project, alice: Api, charlie: Api) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=1)
    InviteLink.objects.update(**ended)

    with pytest.raises(CrowdError) as refused:
        join(link=link, user=charlie.user)

    assert (refused.value.status, refused.value.code) == (410, "link_closed")
    assert not project.memberships.filter(user=charlie.user).exists()


def test_of_many_who_join_at_once_as_many_come_in_as_the_link_is_for(
    transactional_db: None, project: Project, alice: Api
) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=1)
    people = [User.objects.create_user(f"person{n}@example.com") for n in range(5)]

    outcomes = at_once([lambda user=user: join(link=link, user=user) for user in people])

    assert outcomes == ["joined", *["link_closed"] * 4]
    assert project.memberships.filter(user__in=people).count() == 1
    assert InviteLink.objects.get().uses_left == 0


def test_one_person_who_joins_many_times_at_once_uses_the_link_once(
    transactional_db: None, project: Project, alice: Api, charlie: Api
) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=3)

    outcomes = at_once([lambda: join(link=link, user=charlie.user)] * 5)

    assert outcomes == ["joined"] * 5
    assert project.memberships.filter(user=charlie.user).count() == 1
    assert InviteLink.objects.get().uses_left == 2
    assert AuditEvent.objects.filter(action="member.joined").count() == 1


def test_newcomers_of_one_address_at_once_are_one_and_nobody_is_left_outside_with_an_account(
    transactional_db: None, project: Project, alice: Api
) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=1)
    emails = ["dora@example.com", "Dora@example.com", "eve@example.com"]
    people = [newcomer(email, "a long secret") for email in emails]

    outcomes = at_once([lambda person=person: join_as_newcomer(link=link, newcomer=person) for person in people])

    assert outcomes.count("joined") == 1
    assert set(outcomes) <= {"joined", "address_taken", "link_closed"}
    made = User.objects.filter(email__in=["dora@example.com", "eve@example.com"])
    assert [member.user for member in project.memberships.filter(user__in=made)] == list(made)
    assert made.count() == 1


def test_allow_list_is_kept_in_one_form_and_shown_to_who_may_change_it(project: Project, alice: Api, bob: Api) -> None:
    entries = ["Dora@Example.com", "@Example.ORG", "dora@example.com"]

    reply = alice("PATCH", "/projects/birds", {"allow_list": entries})

    assert reply.json()["allow_list"] == ["dora@example.com", "@example.org"]
    assert "allow_list" not in reply.json()["quality"]
    assert "allow_list" not in bob("GET", "/projects/birds").json()
    Membership.objects.filter(user=bob.user).update(role=Role.REVIEWER)
    assert set(bob("GET", "/projects/birds").json()) == {"slug", "name", "instructions", "schema", "quality"}


@pytest.mark.parametrize("entry", ["nobody", "@", "@nowhere", "a@b@c.org", "", "*@example.org", "a b@example.org"])
def test_entry_that_is_no_address_is_named(entry: str, project: Project, alice: Api) -> None:
    reply = alice("PATCH", "/projects/birds", {"allow_list": ["dora@example.com", entry]})

    assert (refusal(reply), reply.json()["errors"][0]["field"]) == ((400, "invalid"), "allow_list.1")


@pytest.mark.parametrize(
    ("email", "allowed"),
    [
        ("dora@example.com", True),
        ("DORA@Example.com", True),
        ("anybody@example.org", True),
        ("eve@example.com", False),
        ("eve@sub.example.org", False),
        ("eve@notexample.org", False),
    ],
)
def test_allow_list_says_who_may_become_a_worker(email: str, allowed: bool, project: Project, alice: Api) -> None:
    alice("PATCH", "/projects/birds", {"allow_list": ["dora@example.com", "@example.org"]})

    reply = alice("POST", "/projects/birds/members", {"email": email, "role": "worker"})

    assert (reply.status_code, reply.json().get("code")) == ((202, None) if allowed else (409, "not_allowed"))
    assert User.objects.filter(email=email.lower()).exists() == allowed
    assert not project.memberships.filter(user__email=email.lower()).exists()  # until the address is confirmed


def test_allow_list_holds_for_links_and_not_for_members_or_staff(project: Project, alice: Api, charlie: Api) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=1)
    alice("PATCH", "/projects/birds", {"allow_list": ["@example.org"]})

    with pytest.raises(CrowdError, match=r"charlie@example\.com is not on the list") as refused:
        join(link=link, user=charlie.user)

    assert refused.value.code == "not_allowed"
    assert InviteLink.objects.get().uses_left == 1
    assert worker_of(Api(User.objects.get(email="bob@example.com"), ""), project).status == "active"
    assert (
        alice("POST", "/projects/birds/members", {"email": charlie.user.email, "role": "reviewer"}).status_code == 201
    )


def test_empty_allow_list_admits_everybody(project: Project, alice: Api, charlie: Api) -> None:
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=1)
    alice("PATCH", "/projects/birds", {"allow_list": ["@example.org"]})
    alice("PATCH", "/projects/birds", {"allow_list": []})

    assert join(link=link, user=charlie.user).role == Role.WORKER


def test_lost_invitation_is_made_anew_and_the_old_one_is_dead(project: Project, alice: Api) -> None:
    invited = alice("POST", "/projects/birds/members", {"email": "dora@example.com", "role": "worker"}).json()

    renewed = alice("POST", f"/projects/birds/members/{invited['id']}/invitation")

    assert renewed.status_code == 201
    assert alice.client.get(invited["invitation_url"]).status_code == 200  # the page that says so
    assert alice.client.get(renewed.json()["invitation_url"]).status_code == 302  # on to the password
    assert AuditEvent.objects.filter(action="invitation.renewed", actor=alice.user).count() == 1


@pytest.mark.parametrize("in_use", ["password", "key", "superuser", "voter"])
def test_account_in_use_is_not_handed_out(in_use: str, project: Project, alice: Api) -> None:
    pk = alice("POST", "/projects/birds/members", {"email": "dora@example.com", "role": "worker"}).json()["id"]
    dora = User.objects.get(email="dora@example.com")
    if in_use == "password":
        dora.set_password("a long secret")
    elif in_use == "key":
        ApiKey.objects.create_key(user=dora, name="program")
    elif in_use == "superuser":
        dora.is_superuser = True
    else:
        pk = Membership.objects.create(project=project, name="ann", role=Role.WORKER).pk
    dora.save()

    assert refusal(alice("POST", f"/projects/birds/members/{pk}/invitation")) == (409, "account_in_use")


def test_account_with_a_place_elsewhere_is_not_handed_to_whoever_manages_it(
    project: Project, alice: Api, charlie: Api
) -> None:
    added = alice("POST", "/projects/birds/members", {"email": "dora@example.com", "role": "worker"}).json()
    nests = create_project(owner=charlie.user, name="Nests", schema=CHOICE)
    member = Membership.objects.create(project=nests, user=User.objects.get(email="dora@example.com"), role=Role.WORKER)

    replies = [
        charlie("POST", f"/projects/nests/members/{member.pk}/invitation"),
        alice("POST", f"/projects/birds/members/{added['id']}/invitation"),
    ]

    assert [refusal(reply) for reply in replies] == [(409, "account_in_use")] * 2


def test_manager_renews_invitations_of_workers_only(project: Project, alice: Api, charlie: Api) -> None:
    Membership.objects.create(project=project, user=charlie.user, role=Role.MANAGER)
    dora = alice("POST", "/projects/birds/members", {"email": "dora@example.com", "role": "worker"}).json()["id"]
    path = f"/projects/birds/members/{dora}/invitation"

    as_worker = charlie("POST", path)
    Membership.objects.filter(pk=dora).update(role=Role.OWNER)
    as_owner = charlie("POST", path)

    assert (as_worker.status_code, refusal(as_owner)) == (201, (403, "role_required"))
