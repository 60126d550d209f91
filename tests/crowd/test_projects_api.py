"""Projects and members: what owners may do, and what is refused."""

from typing import Any

import pytest

from crowd.people.models import AuditEvent, User
from crowd.projects.deletion import delete_project
from crowd.projects.models import Membership, Project
from tests.cast import Api, worker_of

BIRDS: dict[str, Any] = {
    "slug": "my-birds",
    "name": "My birds",
    "instructions": "Is there an indigo bunting?",
    "schema": {"type": "choice", "classes": ["yes", {"name": "no", "title": "No!", "key": "n", "color": "#ff0000"}]},
    "quality": {"method": "auto", "min_responses": 2, "max_responses": 4, "target_confidence": 0.9, "gold_rate": 0.2},
}


def test_a_project_is_created_with_its_creator_as_owner(alice: Api) -> None:
    reply = alice("POST", "/projects", BIRDS)
    quality = {**reply.json()["quality"], **BIRDS["quality"]}
    schema = {"type": "choice", "classes": [{"name": "yes"}, BIRDS["schema"]["classes"][1]]}
    assert (reply.status_code, reply.json()) == (
        201,
        {**BIRDS, "schema": schema, "quality": quality, "allow_list": []},
    )
    assert alice("GET", "/projects/my-birds").json() == reply.json()
    assert Membership.objects.get(project__slug="my-birds").role == "owner"


def test_slug_and_quality_have_defaults(alice: Api) -> None:
    body = {"name": "Ünï birds", "schema": {"type": "choice", "classes": ["a", "b"]}}
    first, second = (alice("POST", "/projects", body).json() for _ in range(2))
    assert (first["slug"], second["slug"]) == ("uni-birds", "uni-birds-2")
    assert first["quality"]["method"] == "auto"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"slug": "no spaces"}, "slug"),
        ({"schema": {"type": "choice", "classes": ["yes"]}}, "schema.classes"),
        ({"schema": {"type": "choice", "classes": ["yes", "yes"]}}, "schema.classes"),
        ({"schema": {"type": "choice", "classes": ["yes", 3]}}, "schema.classes.1.non_field_errors"),
        ({"schema": {"type": "boxes", "classes": ["a", "b"]}}, "schema.type"),
        ({"schema": {"type": "guess", "classes": ["a", "b"]}}, "schema.type"),
        ({"quality": {"method": "magic"}}, "quality.method"),
        ({"quality": {"min_responses": 5, "max_responses": 3}}, "quality.max_responses"),
        ({"quality": {"min_responses": 9}}, "quality.max_responses"),
        ({"quality": {"min_respones": 3}}, "quality.min_respones"),
        ({"quality": {"target_confidence": 1.1}}, "quality.target_confidence"),
        ({"owner": "me"}, "owner"),
        (
            {"schema": {"type": "choice", "classes": ["a", {"name": "b", "color": "x#123456"}]}},
            "schema.classes.1.color",
        ),
    ],
)
def test_a_bad_project_is_refused_and_the_field_named(alice: Api, change: dict[str, object], field: str) -> None:
    reply = alice("POST", "/projects", {**BIRDS, **change})
    assert (reply.status_code, reply.json()["code"], reply.json()["errors"][0]["field"]) == (400, "invalid", field)
    assert not Project.objects.exists()


def test_a_taken_slug_is_refused(alice: Api, bob: Api) -> None:
    alice("POST", "/projects", BIRDS)
    reply = bob("POST", "/projects", BIRDS)
    assert (reply.status_code, reply.json()["code"]) == (409, "slug_taken")


def test_a_project_changes_only_where_told(project: Project, alice: Api) -> None:
    before = alice("GET", "/projects/birds").json()
    reply = alice("PATCH", "/projects/birds", {"name": "Blue birds", "quality": {"max_responses": 7}})
    quality = {**before["quality"], "max_responses": 7}
    assert reply.json() == {**before, "name": "Blue birds", "quality": quality}


@pytest.mark.parametrize("quality", [{"max_responses": 2}, {"min_responses": 6}])
def test_a_change_may_not_contradict_what_stands(project: Project, alice: Api, quality: dict[str, int]) -> None:
    assert alice("PATCH", "/projects/birds", {"quality": quality}).status_code == 400


def test_classes_may_be_added_and_not_taken_away(project: Project, alice: Api) -> None:
    more = alice("PATCH", "/projects/birds", {"schema": {"type": "choice", "classes": ["yes", "no", "maybe"]}})
    fewer = alice("PATCH", "/projects/birds", {"schema": {"type": "choice", "classes": ["no", "maybe"]}})
    assert more.status_code == 200
    assert (fewer.status_code, fewer.json()["code"]) == (409, "classes_in_use")


def test_lists_show_what_one_is_a_member_of_page_by_page(project: Project, alice: Api, bob: Api, charlie: Api) -> None:
    alice("POST", "/projects", BIRDS)
    first = alice("GET", "/projects?limit=1").json()
    second = alice("GET", first["next"].partition("/api/v1")[2]).json()
    assert [p["slug"] for p in first["results"] + second["results"]] == ["birds", "my-birds"]
    assert second["next"] is None
    assert [p["slug"] for p in bob("GET", "/projects").json()["results"]] == ["birds"]
    assert charlie("GET", "/projects").json() == {"results": [], "next": None}


def test_workers_are_not_told_the_policy(project: Project, alice: Api, bob: Api) -> None:
    shown = bob("GET", "/projects/birds").json()
    assert set(shown) == {"slug", "name", "instructions", "schema"}
    assert bob("GET", "/projects").json()["results"] == [shown]
    assert "quality" in alice("GET", "/projects").json()["results"][0]


def test_a_voter_without_an_account_stays_a_worker(project: Project, alice: Api) -> None:
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\nt,ann,yes\n", content_type="text/csv")
    ann = Membership.objects.get(name="ann")
    reply = alice("PATCH", f"/projects/birds/members/{ann.pk}", {"role": "owner"})
    assert (reply.status_code, reply.json()["code"]) == (409, "no_account")


def test_a_superuser_acts_as_owner_of_every_project(project: Project, charlie: Api) -> None:
    User.objects.filter(pk=charlie.user.pk).update(is_superuser=True)
    assert charlie("PATCH", "/projects/birds", {"name": "Mine"}).status_code == 200


def test_deleting_a_project_takes_everything_with_it(tasks: Project, alice: Api, bob: Api) -> None:
    token = bob("POST", "/projects/birds/assignments").json()["assignments"][0]["token"]
    bob("PUT", f"/assignments/{token}/response", {"answer": "yes"})
    assert bob("DELETE", "/projects/birds").status_code == 403
    assert alice("DELETE", "/projects/birds").status_code == 202
    assert not Project.objects.exists()
    assert AuditEvent.objects.filter(action="project.deleted", subject="birds").exists()


def test_a_new_member_gets_an_invitation_and_a_known_one_none(project: Project, alice: Api, charlie: Api) -> None:
    dora = alice("POST", "/projects/birds/members", {"email": "dora@example.com", "role": "worker"}).json()
    known = alice("POST", "/projects/birds/members", {"email": "Charlie@example.com", "role": "reviewer"}).json()
    assert (dora["email"], dora["role"], dora["status"]) == ("dora@example.com", "worker", "active")
    assert alice.client.get(dora["invitation_url"]).status_code == 302
    assert "invitation_url" not in known
    assert charlie("GET", "/projects/birds/labels").status_code == 200


def test_members_are_added_once_changed_and_removed(project: Project, alice: Api, charlie: Api) -> None:
    body = {"email": "charlie@example.com", "role": "worker"}
    member = alice("POST", "/projects/birds/members", body).json()
    again = alice("POST", "/projects/birds/members", body)
    paused = alice("PATCH", f"/projects/birds/members/{member['id']}", {"status": "paused"})
    assert (again.status_code, again.json()["code"]) == (409, "already_member")
    assert paused.json()["status"] == "paused"
    assert alice("DELETE", f"/projects/birds/members/{member['id']}").status_code == 204
    assert charlie("GET", "/projects/birds").status_code == 404


def test_the_last_owner_stays(project: Project, alice: Api) -> None:
    me = Membership.objects.get(user=alice.user, project=project)
    replies = [
        alice("PATCH", f"/projects/birds/members/{me.pk}", {"role": "worker"}),
        alice("DELETE", f"/projects/birds/members/{me.pk}"),
    ]
    assert [(r.status_code, r.json()["code"]) for r in replies] == [(409, "last_owner")] * 2


def test_a_worker_with_answers_is_paused_not_removed(tasks: Project, alice: Api, bob: Api) -> None:
    bob("POST", "/projects/birds/assignments")
    reply = alice("DELETE", f"/projects/birds/members/{worker_of(bob, tasks).pk}")
    assert (reply.status_code, reply.json()["code"]) == (409, "member_has_answers")


def test_managers_handle_workers_and_owners_everybody(project: Project, alice: Api, bob: Api, charlie: Api) -> None:
    Membership.objects.create(project=project, user=charlie.user, role="manager")
    make_owner = charlie("POST", "/projects/birds/members", {"email": "x@example.com", "role": "owner"})
    promote = charlie("PATCH", f"/projects/birds/members/{worker_of(bob, project).pk}", {"role": "owner"})
    pause = charlie("PATCH", f"/projects/birds/members/{worker_of(bob, project).pk}", {"status": "paused"})
    assert [r.status_code for r in (make_owner, promote, pause)] == [403, 403, 200]


def test_deleting_is_recorded_by_the_verb(project: Project, alice: Api) -> None:
    delete_project(project=project, actor=alice.user)
    assert AuditEvent.objects.latest("pk").actor_id == alice.user.pk
