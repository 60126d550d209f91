"""Skills: shown in one project, asked for in another."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef

from crowd.people.models import AuditEvent
from crowd.projects.deletion import delete_project
from crowd.projects.models import Membership, Project, Role, SkillGrant
from crowd.projects.ownership import create_project
from crowd.projects.skills import grant_skill, has_skill, revoke_skill
from tests.cast import CHOICE, Api, api_for, worker_of


@pytest.fixture
def owls(project: Project) -> Project:
    """Birds, which grants the skill owls."""
    project.granted_skill = "owls"
    project.save()
    return project


def require(api: Api, slug: str, skill: str) -> tuple[int, str | None]:
    reply = api("PATCH", f"/projects/{slug}", {"quality": {"required_skill": skill}})
    return reply.status_code, reply.json()["errors"][0]["code"] if reply.status_code == 400 else None


def test_skill_is_granted_once_and_counts_where_it_is_required(owls: Project, alice: Api, bob: Api) -> None:
    first, second = (grant_skill(worker=worker_of(bob, owls), actor=None) for _ in range(2))

    assert first == second
    assert (has_skill(bob.user, "birds/owls"), has_skill(alice.user, "birds/owls")) == (True, False)
    assert AuditEvent.objects.filter(action="skill.granted").count() == 1


def test_skill_can_be_asked_for_within_a_query(owls: Project, alice: Api, bob: Api) -> None:
    nests = create_project(owner=alice.user, name="Nests", schema=CHOICE, quality={"required_skill": "birds/owls"})
    Membership.objects.create(project=nests, user=bob.user, role=Role.WORKER)
    held = SkillGrant.objects.held(OuterRef("user"), OuterRef("project__required_skill"))
    able = Membership.objects.filter(Exists(held))

    assert not able.exists()
    grant_skill(worker=worker_of(bob, owls), actor=None)
    assert able.get() == worker_of(bob, nests)


def test_revoked_skill_is_gone_and_may_be_granted_again(owls: Project, bob: Api) -> None:
    grant = grant_skill(worker=worker_of(bob, owls), actor=None)
    assert grant is not None

    for _ in range(2):
        revoke_skill(grant=grant, actor=None)

    assert not has_skill(bob.user, "birds/owls")
    assert AuditEvent.objects.filter(action="skill.revoked").count() == 1
    grant_skill(worker=worker_of(bob, owls), actor=None)
    assert has_skill(bob.user, "birds/owls")


def test_nothing_is_granted_where_there_is_no_skill_or_no_person(owls: Project, bob: Api) -> None:
    voter = Membership.objects.create(project=owls, name="ann", role=Role.WORKER)
    assert grant_skill(worker=voter, actor=None) is None
    Project.objects.update(granted_skill="")
    assert grant_skill(worker=worker_of(bob, owls), actor=None) is None
    assert not SkillGrant.objects.exists()


def test_two_grants_at_once_are_one(transactional_db: None, owls: Project, bob: Api) -> None:
    worker = worker_of(bob, owls)

    def grant(_n: int) -> None:
        grant_skill(worker=worker, actor=None)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(grant, range(6)))

    assert SkillGrant.objects.count() == 1
    assert AuditEvent.objects.filter(action="skill.granted").count() == 1


def test_owners_grant_list_and_revoke_by_hand(owls: Project, alice: Api, bob: Api) -> None:
    granted = alice("POST", "/projects/birds/skills", {"email": "Bob@example.com"})
    again = alice("POST", "/projects/birds/skills", {"email": "bob@example.com"})

    assert (granted.json()["email"], granted.json()["skill"]) == ("bob@example.com", "birds/owls")
    assert again.json() == granted.json()
    assert alice("GET", "/projects/birds/skills").json() == {"results": [granted.json()], "next": None}
    assert bob("GET", "/projects/birds/skills").json()["code"] == "role_required"
    assert alice("DELETE", f"/projects/birds/skills/{granted.json()['id']}").status_code == 204
    assert alice("GET", "/projects/birds/skills").json()["results"] == []
    assert not has_skill(bob.user, "birds/owls")


def test_skill_is_for_members_and_has_to_have_a_name(owls: Project, alice: Api, charlie: Api) -> None:
    outsider = alice("POST", "/projects/birds/skills", {"email": charlie.user.email})
    alice("PATCH", "/projects/birds", {"quality": {"granted_skill": ""}})
    nameless = alice("POST", "/projects/birds/skills", {"email": "bob@example.com"})

    assert [(r.status_code, r.json()["code"]) for r in (outsider, nameless)] == [
        (409, "not_a_member"),
        (409, "no_granted_skill"),
    ]


def test_grant_of_another_project_can_not_be_revoked_here(owls: Project, alice: Api, bob: Api, charlie: Api) -> None:
    grant = grant_skill(worker=worker_of(bob, owls), actor=None)
    assert grant is not None
    create_project(owner=charlie.user, name="Nests", schema=CHOICE)

    assert charlie("DELETE", f"/projects/nests/skills/{grant.pk}").status_code == 404
    assert charlie("DELETE", f"/projects/birds/skills/{grant.pk}").status_code == 404
    assert has_skill(bob.user, "birds/owls")


def test_skill_of_the_same_name_from_elsewhere_does_not_count(owls: Project, bob: Api, charlie: Api) -> None:
    fake = create_project(owner=charlie.user, name="Fake", schema=CHOICE, quality={"granted_skill": "owls"})
    grant_skill(worker=Membership.objects.create(project=fake, user=bob.user, role=Role.WORKER), actor=charlie.user)

    assert (has_skill(bob.user, "fake/owls"), has_skill(bob.user, "birds/owls")) == (True, False)


def test_skill_is_required_only_by_who_has_a_say_where_it_is_granted(owls: Project, alice: Api, charlie: Api) -> None:
    create_project(owner=charlie.user, name="Nests", schema=CHOICE)

    unknown, strange = require(charlie, "nests", "nowhere/owls"), require(charlie, "nests", "birds/owls")
    member = Membership.objects.create(project=owls, user=charlie.user, role=Role.WORKER)
    only_works_there = require(charlie, "nests", "birds/owls")
    Membership.objects.filter(pk=member.pk).update(role=Role.REVIEWER)

    assert unknown == strange == only_works_there == (400, "unknown_skill")
    assert require(charlie, "nests", "birds/hawks") == (400, "unknown_skill")
    assert require(charlie, "nests", "birds/owls") == (200, None)
    assert require(alice, "birds", "birds/owls") == (400, "own_skill")


def test_requirement_that_stands_is_saved_again_by_who_could_not_set_it(owls: Project, alice: Api) -> None:
    dora = api_for("dora@example.com")
    nests = create_project(owner=alice.user, name="Nests", schema=CHOICE, quality={"required_skill": "birds/owls"})
    Membership.objects.create(project=nests, user=dora.user, role=Role.MANAGER)

    assert require(dora, "nests", "birds/owls") == (200, None)
    assert require(dora, "nests", "") == (200, None)
    assert require(dora, "nests", "birds/owls") == (400, "unknown_skill")


def test_new_project_may_require_a_skill_at_once(owls: Project, alice: Api) -> None:
    body = {"name": "Nests", "schema": {"type": "choice", "classes": ["a", "b"]}}

    made = alice("POST", "/projects", {**body, "quality": {"required_skill": "birds/owls"}})
    refused = alice("POST", "/projects", {**body, "quality": {"required_skill": "birds/hawks"}})

    assert made.json()["quality"]["required_skill"] == "birds/owls"
    assert refused.json()["errors"][0]["field"] == "quality.required_skill"


def test_skill_outlives_its_project_and_nobody_can_take_its_name(
    owls: Project, alice: Api, bob: Api, charlie: Api
) -> None:
    create_project(owner=alice.user, name="Nests", schema=CHOICE, quality={"required_skill": "birds/owls"})
    grant_skill(worker=worker_of(bob, owls), actor=None)
    delete_project(project=owls, actor=alice.user)
    body = {"name": "Birds", "schema": {"type": "choice", "classes": ["a", "b"]}}

    squatted = charlie("POST", "/projects", {**body, "slug": "birds"})

    assert has_skill(bob.user, "birds/owls")
    assert (squatted.status_code, squatted.json()["code"]) == (409, "slug_taken")
    assert charlie("POST", "/projects", body).json()["slug"] == "birds-2"
