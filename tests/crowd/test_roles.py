"""What the API refuses by role, held by what did not happen; and two who act at once."""

import json
from typing import Any

import pytest

from crowd.errors import CrowdError
from crowd.people.models import AuditEvent, StoredReply
from crowd.people.sealing import opened, sealed
from crowd.projects.membership import change_member, remove_member
from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from crowd.projects.permissions import PERMISSIONS
from crowd.webhooks.models import Webhook
from quality.models import Adjudication
from tasks.models import Import, Response
from tests.at_once import at_once, both_within_a_transaction
from tests.cast import CHOICE, YES, Api, worker_of

VOTES = "task,worker,answer\nt0,ann,yes\n"


def refusal(reply: Any) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


@pytest.fixture
def dora(project: Project, charlie: Api) -> Api:
    """Somebody whose role the test sets; an owner of another project."""
    create_project(owner=charlie.user, slug="nests", name="Nests", schema=CHOICE)
    return charlie


def let_be(person: Api, role: Role, project: Project) -> None:
    Membership.objects.update_or_create(project=project, user=person.user, defaults={"role": role})


def test_import_is_read_by_managers_of_its_own_project(tasks: Project, alice: Api, bob: Api, dora: Api) -> None:
    pk = Import.objects.create(project=tasks, format="csv", report={"secret": "of birds"}).pk

    through_own_project = dora("GET", f"/projects/nests/imports/{pk}")
    as_outsider = dora("GET", f"/projects/birds/imports/{pk}")
    as_worker = bob("GET", f"/projects/birds/imports/{pk}")

    assert [refusal(r) for r in (through_own_project, as_outsider, as_worker)] == [
        (404, "not_found"),
        (404, "project_not_found"),
        (403, "role_required"),
    ]
    assert alice("GET", f"/projects/birds/imports/{pk}").json()["id"] == pk


def test_decision_is_taken_back_by_reviewers_of_its_own_project(
    tasks: Project, alice: Api, bob: Api, dora: Api
) -> None:
    path = "/projects/birds/tasks/t0/adjudication"
    alice("PUT", path, {"answer": "yes"})

    replies = [bob("DELETE", path), dora("DELETE", path), dora("DELETE", path.replace("birds", "nests"))]

    assert [reply.status_code for reply in replies] == [403, 404, 404]
    assert Adjudication.objects.get().answer == YES
    let_be(dora, Role.REVIEWER, tasks)
    assert dora("DELETE", path).status_code == 204
    assert not Adjudication.objects.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.REVIEWER, Role.WORKER])
def test_project_is_deleted_by_its_owner_only(role: Role, project: Project, dora: Api) -> None:
    let_be(dora, role, project)

    assert refusal(dora("DELETE", "/projects/birds")) == (403, "role_required")
    assert Project.objects.filter(slug="birds").exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.WORKER])
def test_votes_are_imported_by_managers_only(role: Role, tasks: Project, dora: Api) -> None:
    let_be(dora, role, tasks)

    reply = dora("POST", "/projects/birds/responses/import", VOTES, content_type="text/csv")

    assert refusal(reply) == (403, "role_required")
    assert not Response.objects.exists()
    assert not Membership.objects.filter(name="ann").exists()
    let_be(dora, Role.MANAGER, tasks)
    assert dora("POST", "/projects/birds/responses/import", VOTES, content_type="text/csv").status_code == 201


@both_within_a_transaction
def test_of_two_owners_who_leave_at_once_one_stays(
    transactional_db: None, project: Project, alice: Api, charlie: Api
) -> None:
    let_be(charlie, Role.OWNER, project)
    mine, theirs = worker_of(alice, project), worker_of(charlie, project)

    outcomes = at_once(
        lambda: remove_member(membership=mine, actor=alice.user),
        lambda: remove_member(membership=theirs, actor=charlie.user),
        door='DELETE FROM "projects_membership"',
    )

    assert outcomes == ["done", "last_owner"]
    assert project.memberships.filter(role=Role.OWNER).count() == 1


def test_owner_who_was_made_one_meanwhile_stays_as_the_last(project: Project, alice: Api, charlie: Api) -> None:
    let_be(charlie, Role.MANAGER, project)
    read_before = worker_of(charlie, project)
    let_be(charlie, Role.OWNER, project)
    remove_member(membership=worker_of(alice, project), actor=charlie.user)

    for leave in (
        lambda: remove_member(membership=read_before, actor=charlie.user),
        lambda: change_member(membership=read_before, actor=charlie.user, role=Role.WORKER),
    ):
        with pytest.raises(CrowdError) as refused:
            leave()
        assert refused.value.code == "last_owner"
    assert worker_of(charlie, project).role == Role.OWNER


def test_what_is_done_to_members_and_secrets_is_in_the_audit_trail(project: Project, alice: Api, charlie: Api) -> None:
    members = "/projects/birds/members"
    pk = alice("POST", members, {"email": charlie.user.email, "role": "worker"}).json()["id"]
    alice("PATCH", f"{members}/{pk}", {"role": "reviewer"})
    alice("PATCH", f"{members}/{pk}", {"status": "paused", "pause_reason": "Rest."})
    alice("DELETE", f"{members}/{pk}")
    waiting = alice("POST", members, {"email": "eve@example.com", "role": "manager"}).json()["id"]
    alice("DELETE", f"/projects/birds/waiting-members/{waiting}")
    hook = {"url": "https://example.com/hook", "kinds": ["label.settled"]}
    made = alice("POST", "/projects/birds/webhooks", hook).json()["id"]
    alice("POST", f"/projects/birds/webhooks/{made}/secret")
    alice("DELETE", f"/projects/birds/webhooks/{made}")

    trail = AuditEvent.objects.filter(subject="birds", actor=alice.user).exclude(action="project.created")
    member = {"member": charlie.user.email}
    assert [(event.action, event.detail) for event in trail.order_by("pk")] == [
        ("member.added", {"email": charlie.user.email, "role": "worker"}),
        ("member.changed", {**member, "role": "reviewer", "status": None, "reason": None}),
        ("member.changed", {**member, "role": None, "status": "paused", "reason": "Rest."}),
        ("member.removed", member),
        ("member.waits", {"email": "eve@example.com", "role": "manager"}),
        ("member.waits_no_longer", {"email": "eve@example.com", "role": "manager"}),
        ("webhook.made", {"webhook": made, "host": "example.com", "kinds": ["label.settled"]}),
        ("webhook.secret_rotated", {"webhook": made}),
        ("webhook.deleted", {"webhook": made, "host": "example.com"}),
    ]
    assert Webhook.objects.get().deleted_at is not None


LINK: tuple[str, Any] = ("invite-links", {})
PLACE = ("members", {"email": "eve@example.com", "role": "worker"})
INVITATION = ("members/{new}/invitation", None)


@pytest.mark.parametrize(
    ("path", "body", "later", "told"),
    [
        (*LINK, None, (404, "project_not_found")),
        (*LINK, Role.REVIEWER, (403, "role_required")),
        (*PLACE, None, (404, "project_not_found")),
        (*PLACE, Role.WORKER, (403, "role_required")),
        (*INVITATION, Role.REVIEWER, (403, "role_required")),
    ],
)
def test_a_kept_reply_is_for_those_who_may_have_it_still(
    tasks: Project, alice: Api, dora: Api, path: str, body: Any, later: Role | None, told: tuple[int, str]
) -> None:
    new = alice("POST", "/projects/birds/members", {"email": "new@example.com", "role": "worker"}).json()
    where = f"/projects/birds/{path.format(new=new['id'])}"
    let_be(dora, Role.MANAGER, tasks)

    def post() -> Any:
        return dora("POST", where, body, **{"Idempotency-Key": "k"})

    first = post()
    assert first.status_code == 201
    if later:
        let_be(dora, later, tasks)
    else:
        Membership.objects.filter(user=dora.user, project=tasks).delete()
    assert refusal(post()) == told
    let_be(dora, Role.MANAGER, tasks)
    assert (post().status_code, post().json()) == (first.status_code, first.json())


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_kept_lease_is_for_workers_of_the_project_still(tasks: Project, dora: Api, earlier: int) -> None:
    let_be(dora, Role.WORKER, tasks)
    for _ in range(earlier):  # the second time, other statements find the worker
        dora("POST", "/projects/birds/assignments", {})

    def post() -> Any:
        return dora("POST", "/projects/birds/assignments", {}, **{"Idempotency-Key": "k"})

    first = post()
    let_be(dora, Role.REVIEWER, tasks)
    assert refusal(post()) == (403, "role_required")
    let_be(dora, Role.WORKER, tasks)
    assert post().json() == first.json()


def test_who_rises_may_have_a_kept_reply(tasks: Project, dora: Api) -> None:
    let_be(dora, Role.MANAGER, tasks)
    first = dora("POST", "/projects/birds/invite-links", {}, **{"Idempotency-Key": "k"})
    let_be(dora, Role.OWNER, tasks)
    again = dora("POST", "/projects/birds/invite-links", {}, **{"Idempotency-Key": "k"})
    assert again.json() == first.json()


@pytest.mark.parametrize("roles", [["manager", "owner"], ["manager", "owner", "reviewer"], ["owner"]])
def test_a_reply_that_an_earlier_version_kept_is_for_those_who_have_one_of_its_roles_still(
    tasks: Project, dora: Api, roles: list[str]
) -> None:
    def post() -> Any:
        return dora("POST", "/projects/birds/invite-links", {}, **{"Idempotency-Key": "k"})

    let_be(dora, Role.OWNER, tasks)
    first = post()
    reply = StoredReply.objects.get(key="k")
    purpose = f"{dora.user.pk} k"
    kept = json.loads(opened(str(reply.body), purpose)) | {"needs": [["birds", roles]]}
    StoredReply.objects.update(body=sealed(json.dumps(kept), purpose))

    given_again = set()
    for role in Role:
        let_be(dora, role, tasks)
        again = post()
        assert again.json() == first.json() or refusal(again) == (403, "role_required")
        given_again |= {role} if again.status_code == 201 else set()

    assert given_again == set(roles)


def test_every_role_has_a_row_of_permissions() -> None:
    assert set(PERMISSIONS) == set(Role)
