"""Making a project, its settings and its members."""

from collections.abc import Callable

import pytest
from django.test import Client

from crowd.people.models import AuditEvent, User
from crowd.projects.classes import ClassDefinition, numbered
from crowd.projects.knobs import KNOBS
from crowd.projects.models import Membership, Project, Role
from crowd.projects.policy import policy_of
from tests.cast import Api
from tests.pages.conftest import Visit, text_of

NEW = {
    "name": "Cats",
    "instructions": "A cat?",
    "classes": "yes\n no \n\n",
    "min_responses": 2,
    "max_responses": 4,
    "target_confidence": 0.9,
    "gold_rate": 0.2,
    "method": "auto",
    "order": "depth",
    "lease_seconds": 600,
    "undo_seconds": 60,
    "open_leases": 2,
    "responses_per_day": "",
    "responses_per_minute": 30,
    "training_tasks": 3,
    "exam_tasks": 10,
    "exam_score": 0.7,
    "blind_share": 0.2,
    "exam_attempts": 2,
    "exam_cooldown_seconds": 60,
    "required_skill": "",
    "granted_skill": "cats",
    "prelabels_vote": "False",
    "shown_model": "net-7",
    "on_unreliable": "void",
    "quiet_hours": 12,
    "allow_list": "Dora@Example.com\n\n @example.org \n",
}


@pytest.fixture
def alices(visit: Visit, alice: Api) -> Client:
    return visit(alice)


def test_new_project_belongs_to_its_maker(alices: Client, alice: Api) -> None:
    reply = alices.post("/projects/new", NEW)

    project = Project.objects.get()
    assert reply["Location"] == "/projects/cats/imports"
    assert (project.name, project.instructions, project.class_names) == ("Cats", "A cat?", ["yes", "no"])
    wanted = {name: NEW[name] for name in KNOBS if name != "responses_per_day"}
    assert (wanted | {"prelabels_vote": False}).items() <= policy_of(project).items()
    assert project.responses_per_day is None
    assert project.allow_list == ["dora@example.com", "@example.org"]
    assert project.memberships.get().role == Role.OWNER
    assert AuditEvent.objects.filter(action="project.created", actor=alice.user).exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "This field is required."),
        ("classes", "yes", "Ensure this field has at least 2 elements."),
        ("classes", "yes\nyes", "Two classes have the name yes."),
        ("max_responses", "1", "At least min_responses, 2, is needed."),
        ("min_responses", "0", "Ensure this value is greater than or equal to 1."),
        ("target_confidence", "1.5", "Ensure this value is less than or equal to 1.0."),
        ("open_leases", "51", "Ensure this value is less than or equal to 50."),
        ("exam_score", "2", "Ensure this value is less than or equal to 1.0."),
        ("granted_skill", "a/b", "The name of a skill has no slash."),
        (
            "allow_list",
            "a@example.com\n\nnobody",
            "Line 3: nobody is neither an e-mail address nor a domain such as @example.org.",
        ),
    ],
)
def test_what_the_api_refuses_is_told_at_its_field(field: str, value: str, message: str, alices: Client) -> None:
    reply = alices.post("/projects/new", {**NEW, field: value})

    assert reply.status_code == 200
    assert reply.context["form"].errors == {field: [message]}
    assert not Project.objects.exists()


def test_two_projects_of_one_name_have_two_addresses(alices: Client) -> None:
    alices.post("/projects/new", NEW)

    assert alices.post("/projects/new", NEW)["Location"] == "/projects/cats-2/imports"


def test_project_called_new_does_not_hide_the_form(alices: Client) -> None:
    alices.post("/projects/new", {**NEW, "name": "New"})

    assert Project.objects.get().slug != "new"


def test_settings_show_and_change_what_is(owner: Client) -> None:
    page = owner.get("/projects/birds/settings")
    settings = {**page.context["form"].initial, "name": "Big birds", "min_responses": 4}

    assert owner.post("/projects/birds/settings", settings).status_code == 302

    project = Project.objects.get()
    assert (project.name, project.min_responses, project.policy_revision) == ("Big birds", 4, 2)


def test_settings_keep_what_a_class_has_beside_its_name(owner: Client, alice: Api, tasks: Project) -> None:
    classes: list[ClassDefinition] = [{"name": "yes", "key": "y", "title": "Yes!"}, {"name": "no"}]
    tasks.schema = numbered({"type": "choice", "classes": classes})
    tasks.save()
    settings = {**owner.get("/projects/birds/settings").context["form"].initial, "classes": "yes\nno\nmaybe"}

    owner.post("/projects/birds/settings", settings)

    kept = alice("GET", "/projects/birds").json()["schema"]["classes"]
    assert kept == [*classes, {"name": "maybe"}]


def test_settings_refuse_to_drop_a_class(owner: Client) -> None:
    settings = {**owner.get("/projects/birds/settings").context["form"].initial, "classes": "yes\nperhaps"}

    reply = owner.post("/projects/birds/settings", settings)

    assert "Classes can't be removed or reordered" in text_of(reply).replace("&#x27;", "'")


def test_invited_member_takes_up_the_link_that_the_owner_hands_on(owner: Client) -> None:
    owner.post("/projects/birds/members", {"email": "dora@example.com", "role": "worker"})
    page = owner.get("/projects/birds/members").content.decode()
    link = page.partition("http://testserver")[2].partition("<")[0].strip()
    dora = Client()

    form = dora.get(link, follow=True)
    dora.post(form.request["PATH_INFO"], {"new_password1": "a long secret", "new_password2": "a long secret"})

    assert "Start labelling" in dora.get("/").content.decode()
    assert "/invitations/" not in owner.get("/projects/birds/members").content.decode()


def test_link_of_an_account_that_exists_is_never_shown(owner: Client, charlie: Api) -> None:
    owner.post("/projects/birds/members", {"email": charlie.user.email, "role": "worker"})

    page = owner.get("/projects/birds/members").content.decode()
    assert charlie.user.email in page
    assert "/invitations/" not in page


def test_used_or_wrong_invitation_says_so(client: Client, db: None) -> None:
    assert "This link has been used or is too old" in text_of(client.get("/invitations/MQ/nonsense"))


def test_somebody_who_is_a_member_is_not_added_again(owner: Client, bob: Api) -> None:
    reply = owner.post("/projects/birds/members", {"email": bob.user.email, "role": "worker"})

    assert "bob@example.com is already a member of this project." in text_of(reply)


def test_manager_adds_workers_only(member: Callable[[Role], Client]) -> None:
    manager = member(Role.MANAGER)

    reply = manager.post("/projects/birds/members", {"email": "eve@example.com", "role": "owner"})

    assert "role" in reply.context["form"].errors
    assert not User.objects.filter(email="eve@example.com").exists()


def test_owner_pauses_and_resumes_a_worker(owner: Client, bob: Api) -> None:
    worker = Membership.objects.get(user=bob.user)

    owner.post(f"/projects/birds/members/{worker.pk}", {"action": "pause", "back": "project"})
    worker.refresh_from_db()
    assert worker.status == "paused"
    assert "paused" in text_of(owner.get("/projects/birds"))

    owner.post(f"/projects/birds/members/{worker.pk}", {"action": "resume"})
    worker.refresh_from_db()
    assert worker.status == "active"


def test_last_owner_cannot_be_removed(owner: Client, alice: Api) -> None:
    membership = Membership.objects.get(user=alice.user)

    reply = owner.post(f"/projects/birds/members/{membership.pk}", {"action": "remove"}, follow=True)

    assert "A project needs an owner. Make somebody else owner first." in text_of(reply)
    assert Membership.objects.filter(pk=membership.pk).exists()
