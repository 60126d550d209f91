"""Members of one project and of others: nothing that is done in one reaches into another, and roles
are what they are however somebody came by them."""

from typing import Any

import pytest

from crowd.people.models import AuditEvent, Mail, User
from crowd.projects.invite_links import join, make_link, revoke_link
from crowd.projects.membership import add_member, admit_waiting, give_role
from crowd.projects.models import InviteLink, Membership, Project, Role, WaitingMember
from crowd.projects.ownership import create_project
from tests.at_once import at_once, both_within_a_transaction
from tests.cast import CHOICE, Api, worker_of
from tests.crowd.test_roles import let_be, refusal

DORA = {"email": "dora@example.com"}


@pytest.fixture
def nests(charlie: Api) -> Project:
    """Another project, of Charlie's."""
    return create_project(owner=charlie.user, slug="nests", name="Nests", schema=CHOICE)


def waits_as(slug: str) -> str | None:
    rows = WaitingMember.objects.filter(project__slug=slug, user__email=DORA["email"])
    return rows.values_list("role", flat=True).first()


def confirmed(email: str) -> User:
    """The person, after they have come by a link that only they could get."""
    User.objects.filter(email=email).update(address_confirmed=True)
    user = User.objects.get(email=email)
    admit_waiting(user)
    return user


def test_owners_of_other_projects_are_none_of_this_one(project: Project, nests: Project, alice: Api) -> None:
    me = worker_of(alice, project)
    path = f"/projects/birds/members/{me.pk}"

    assert refusal(alice("DELETE", path)) == refusal(alice("PATCH", path, {"role": "worker"})) == (409, "last_owner")
    assert alice("PATCH", path, {"role": "owner"}).json()["role"] == "owner"


def test_an_owner_leaves_where_another_stays(project: Project, nests: Project, alice: Api, charlie: Api) -> None:
    let_be(charlie, Role.OWNER, project)

    assert alice("DELETE", f"/projects/birds/members/{worker_of(alice, project).pk}").status_code == 204
    assert alice("GET", "/projects/birds").status_code == 404
    assert refusal(charlie("DELETE", f"/projects/birds/members/{worker_of(charlie, project).pk}")) == (
        409,
        "last_owner",
    )


def test_a_superuser_who_is_a_member_has_the_role_that_they_were_given(project: Project, bob: Api) -> None:
    User.objects.filter(pk=bob.user.pk).update(is_superuser=True)

    assert refusal(bob("PATCH", "/projects/birds", {"name": "Mine"})) == (403, "role_required")
    assert bob("POST", "/projects/birds/assignments").status_code == 200


@both_within_a_transaction
def test_of_two_who_add_a_person_at_once_one_is_told(
    transactional_db: None, project: Project, alice: Api, charlie: Api
) -> None:
    def add(role: Role) -> Any:
        return lambda: add_member(project=project, actor=alice.user, email=charlie.user.email, role=role)

    outcomes = at_once(add(Role.WORKER), add(Role.REVIEWER), door='INSERT INTO "projects_membership"')

    assert sorted(outcomes) == ["already_member", "done"]
    assert project.memberships.filter(user=charlie.user).count() == 1


def test_roles_wait_in_each_project_for_itself_and_the_last_one_given_stands(
    project: Project, nests: Project, alice: Api, charlie: Api, settings: Any
) -> None:
    settings.MAIL_WORKS = True
    charlie("POST", "/projects/nests/members", DORA | {"role": "reviewer"})
    alice("POST", "/projects/birds/members", DORA | {"role": "manager"})
    alice("POST", "/projects/birds/members", DORA | {"role": "reviewer"})
    alice("POST", "/projects/birds/members", DORA | {"role": "owner"})

    assert (waits_as("birds"), waits_as("nests")) == ("owner", "reviewer")
    assert set(Mail.objects.values_list("address", "reason")) == {(DORA["email"], Mail.Reason.ADDED)}
    dora = confirmed(DORA["email"])
    assert dict(dora.memberships.values_list("project__slug", "role")) == {"birds": "owner", "nests": "reviewer"}
    assert not WaitingMember.objects.exists()


@pytest.mark.parametrize(
    ("has", "waits", "gets"),
    [
        (Role.WORKER, Role.MANAGER, Role.MANAGER),
        (Role.REVIEWER, Role.MANAGER, Role.REVIEWER),
        (Role.WORKER, Role.WORKER, Role.WORKER),
    ],
)
def test_a_role_that_waited_raises_a_worker_and_changes_no_other_member(
    has: Role, waits: Role, gets: Role, project: Project, alice: Api
) -> None:
    dora = User.objects.create_user(DORA["email"])
    WaitingMember.objects.create(project=project, user=dora, role=waits, added_by=alice.user)
    Membership.objects.create(project=project, user=dora, role=has)
    confirmed(DORA["email"])

    assert dora.memberships.get().role == gets
    changed = AuditEvent.objects.filter(action="member.changed")
    assert [(each.actor, each.detail["role"]) for each in changed] == [(alice.user, gets)] * (has != gets)


@pytest.mark.parametrize("listed", [[DORA["email"]], ["@example.org"]])
def test_a_worker_who_waited_comes_in_if_still_on_the_list(listed: list[str], project: Project, alice: Api) -> None:
    alice("PATCH", "/projects/birds", {"allow_list": [DORA["email"]]})
    alice("POST", "/projects/birds/members", DORA | {"role": "worker"})
    alice("PATCH", "/projects/birds", {"allow_list": listed})
    dora = confirmed(DORA["email"])

    assert dora.memberships.exists() == (DORA["email"] in listed)
    assert not WaitingMember.objects.exists()


def test_staff_who_waited_come_in_whatever_the_list_says(project: Project, alice: Api) -> None:
    alice("POST", "/projects/birds/members", DORA | {"role": "reviewer"})
    alice("PATCH", "/projects/birds", {"allow_list": ["@example.org"]})

    assert confirmed(DORA["email"]).memberships.get().role == Role.REVIEWER


def test_an_operator_gives_a_role_once(project: Project, alice: Api, bob: Api, charlie: Api) -> None:
    for person, role in ((charlie, Role.REVIEWER), (charlie, Role.REVIEWER), (bob, Role.MANAGER)):
        give_role(project=project, user=person.user, role=role)

    assert [worker_of(person, project).role for person in (charlie, bob)] == ["reviewer", "manager"]
    trail = AuditEvent.objects.filter(action__startswith="member.").order_by("pk")
    assert [(event.actor, event.action) for event in trail] == [(None, "member.added"), (None, "member.changed")]


def test_a_change_of_role_leaves_a_pause_and_a_pause_leaves_the_role(project: Project, alice: Api, bob: Api) -> None:
    path = f"/projects/birds/members/{worker_of(bob, project).pk}"
    said = [
        alice("PATCH", path, change).json()
        for change in ({"status": "paused", "pause_reason": "Rest."}, {"role": "reviewer"}, {"role": "worker"})
    ]

    assert [(each["role"], each["status"], each["pause_reason"]) for each in said] == [
        ("worker", "paused", "Rest."),
        ("reviewer", "paused", "Rest."),
        ("worker", "paused", "Rest."),
    ]


def test_a_voter_is_not_removed_and_one_is_told_what_to_do_instead(tasks: Project, alice: Api) -> None:
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\nt0,ann,yes\n", content_type="text/csv")
    ann = Membership.objects.get(name="ann")
    reply = alice("DELETE", f"/projects/birds/members/{ann.pk}")

    assert refusal(reply) == (409, "member_has_answers")
    assert "worthless" in reply.json()["detail"]
    assert Membership.objects.filter(pk=ann.pk).exists()


@pytest.mark.parametrize("voter", [True, False])
def test_labels_are_worked_out_again_where_a_voter_is_paused_or_resumed(
    voter: bool, tasks: Project, nests: Project, alice: Api, bob: Api
) -> None:
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\nt0,ann,yes\n", content_type="text/csv")
    member = Membership.objects.get(name="ann") if voter else worker_of(bob, tasks)
    before = dict(Project.objects.values_list("slug", "policy_revision"))
    revisions = []
    for status in ("paused", "active"):
        alice("PATCH", f"/projects/birds/members/{member.pk}", {"status": status})
        now = dict(Project.objects.values_list("slug", "policy_revision"))
        revisions.append({slug: now[slug] - before[slug] for slug in now})

    assert revisions == [{"birds": n * voter, "nests": 0} for n in (1, 2)]


def test_a_link_is_used_and_revoked_by_itself(project: Project, alice: Api, charlie: Api) -> None:
    one, other, third = (make_link(project=project, actor=alice.user, expires_days=1, uses=2) for _ in range(3))
    join(link=one, user=charlie.user)
    for _time in range(2):
        revoke_link(link=third, actor=alice.user)

    assert [InviteLink.objects.get(pk=link.pk).uses_left for link in (one, other, third)] == [1, 2, 2]
    assert list(InviteLink.objects.filter(revoked_at=None).order_by("pk")) == [one, other]
    assert AuditEvent.objects.filter(action="invite_link.revoked").count() == 1


def test_who_joins_by_a_link_of_one_project_is_in_no_other(
    project: Project, nests: Project, alice: Api, charlie: Api
) -> None:
    dora = User.objects.create_user(DORA["email"])
    link = make_link(project=project, actor=alice.user, expires_days=1, uses=None)
    WaitingMember.objects.create(project=nests, user=dora, role=Role.REVIEWER, added_by=charlie.user)
    member = join(link=link, user=dora)

    assert (member.project, member.role) == (project, Role.WORKER)
    assert InviteLink.objects.get().uses_left is None
    assert list(dora.memberships.all()) == [member]
