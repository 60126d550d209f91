"""Deleting a project: out of everybody's sight at once, removed in steps, and nothing of it is
left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from crowd.claims import ClaimLost
from crowd.people.models import AuditEvent, User
from crowd.projects import deletion
from crowd.projects.deletion import owned
from crowd.projects.invite_links import make_link
from crowd.projects.models import Deletion, Membership, Project
from crowd.projects.ownership import create_project
from crowd.projects.permissions import Permission, projects_where
from crowd.webhooks.events import record
from crowd.webhooks.models import Webhook
from crowd.webhooks.subscriptions import make_webhook
from quality.models import GoldAnswer
from quality.refresh.scheduling import projects_to_refresh, refresh_project
from tasks.intake.images import store_image
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Image, Import, Response, Task
from tests.cast import CHOICE, YES, Api, picture


def work_on(project: Project, alice: Api, worker: Api) -> str:
    """Something of everything; returns the token of a lease that is still out."""
    slug = project.slug
    add_tasks(project, [TaskRecord(external_id="seen", pictures={"image": store_image(project, picture())})])
    leases = worker("POST", f"/projects/{slug}/assignments", {"count": 4}).json()["assignments"]
    for lease in leases[1:]:
        worker("PUT", f"/assignments/{lease['token']}/response", {"answer": "yes"})
    votes = "task,worker,answer\nt7,ann,yes\nt8,ann,no\n"
    alice("POST", f"/projects/{slug}/responses/import", votes, content_type="text/csv")
    make_webhook(project=project, actor=alice.user, url="https://example.com/", kinds=["label.settled"])
    refresh_project(project.pk)
    with transaction.atomic():
        record(project, "label.settled", [{"task": "t0", "label": "yes"}])
    alice("PUT", f"/projects/{slug}/tasks/t9/gold", {"answer": "no"})
    alice("PUT", f"/projects/{slug}/tasks/t8/adjudication", {"answer": "no"})
    alice("POST", f"/projects/{slug}/prelabels", {"model": "m", "predictions": [{"task": "t1", "answer": "yes"}]})
    alice("POST", f"/projects/{slug}/replays", {"policy": {}, "votes": votes})
    make_link(project=project, actor=alice.user, expires_days=7, uses=None)
    return str(leases[0]["token"])


def rows_of(project_id: int) -> dict[str, int]:
    """How many rows of each kind belong to a project, where there are any."""
    counts = {
        f"{model.__name__} by {path}": model._base_manager.filter(**{path: project_id}).count()
        for model, path in owned(Project)
    }
    return {name: n for name, n in counts.items() if n}


def remove(project_id: int) -> None:
    Deletion.objects.update(next_try_at=None)
    deletion.remove_project(project_id)


@pytest.fixture
def full(tasks: Project, alice: Api, bob: Api) -> tuple[Project, str]:
    return tasks, work_on(tasks, alice, bob)


def test_a_deleted_project_is_gone_for_everybody_at_once(full: tuple[Project, str], alice: Api, bob: Api) -> None:
    project, token = full
    root = User.objects.create_user("root@example.com", is_superuser=True)
    assert alice("DELETE", "/projects/birds").status_code == 202

    after = [
        alice("GET", "/projects/birds"),
        alice("DELETE", "/projects/birds"),
        alice("GET", "/projects/birds/labels"),
        alice("GET", f"/projects/~{project.pk}"),
        bob("POST", "/projects/birds/assignments"),
        bob("PUT", f"/assignments/{token}/response", {"answer": "yes"}),
        bob("POST", f"/assignments/{token}/skip", {"reason": "unclear"}),
        bob("GET", f"/assignments/{token}/image"),
    ]
    assert [reply.status_code for reply in after] == [404] * len(after)
    assert alice("GET", "/projects").json()["results"] == []
    assert bob("GET", "/work").json()["results"] == []
    assert projects_where(root, Permission.SEE).count() == 0
    assert (projects_to_refresh(), Task.objects.count()) == ([], 11)


def test_its_name_is_free_and_what_is_made_under_it_is_another_project(full: tuple[Project, str], alice: Api) -> None:
    project, _token = full
    alice("DELETE", "/projects/birds")
    made = alice("POST", "/projects", {"slug": "birds", "name": "Birds", "schema": CHOICE})
    remove(project.pk)
    assert (made.status_code, alice("GET", "/projects/birds").json()["name"]) == (201, "Birds")
    assert alice("GET", "/projects/birds/labels").json()["results"] == []


def test_nothing_of_it_is_left_and_others_keep_all(
    full: tuple[Project, str], alice: Api, bob: Api, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    project, _token = full
    other = create_project(owner=alice.user, slug="other", name="Other", schema=CHOICE)
    Membership.objects.create(project=other, user=bob.user, role="worker")
    add_tasks(other, [TaskRecord(external_id=f"t{n}", data={"text": "?"}) for n in range(10)])
    work_on(other, alice, bob)
    before = rows_of(other.pk)
    files = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    theirs = Image.objects.filter(project=other)
    kept = {Path(file.path) for image in theirs for file in (image.original, image.file, image.thumbnail)}

    alice("DELETE", "/projects/birds")
    had = rows_of(project.pk)
    with django_capture_on_commit_callbacks(execute=True):
        remove(project.pk)

    assert len(had) > 15
    assert (rows_of(project.pk), rows_of(other.pk)) == ({}, before)
    assert not Project._base_manager.filter(pk=project.pk).exists()
    assert (len(files), {path for path in files if path.exists()}) == (6, kept)
    done = AuditEvent.objects.get(action="project.removed")
    assert (done.subject, done.actor_id, done.detail["rows"] > 20) == ("birds", alice.user.pk, True)


def test_each_table_of_a_project_is_found() -> None:
    found = {model for model, _path in owned(Project)}
    assert {Task, Response, Image, Import, Webhook, Membership, Deletion} < found


def test_a_deletion_that_was_killed_goes_on_where_it_was(
    full: tuple[Project, str], alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _token = full
    monkeypatch.setattr(deletion, "STEP", 1)
    monkeypatch.setattr(deletion, "MOST", 1)
    alice("DELETE", "/projects/birds")
    left = [sum(rows_of(project.pk).values())]
    for _time in range(3):
        with pytest.raises(KeyboardInterrupt), connection.execute_wrapper(killing_at(40)):
            remove(project.pk)
        left.append(sum(rows_of(project.pk).values()))
    remove(project.pk)
    assert left == sorted(set(left), reverse=True)
    assert left[0] > left[-1] > 0
    assert rows_of(project.pk) == {}


def killing_at(nth: int) -> Callable[..., Any]:
    statements = iter(range(10_000))

    def run(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("DELETE") and next(statements) == nth:
            raise KeyboardInterrupt
        return execute(sql, *rest)

    return run


def test_jobs_that_are_at_it_stop_and_none_begins_anew(full: tuple[Project, str], alice: Api) -> None:
    project, _token = full
    alice("DELETE", "/projects/birds")
    job = Import.objects.create(project=project, format="csv")
    with Import.objects.claim(job.pk, whatever_runs=True) as claim:
        assert claim is not None
        deletion._stop_work(project.pk)
        assert not Import.objects.held().exists()
        with pytest.raises(ClaimLost):
            claim.renew()
    assert not Import.objects.free().exists()


def test_statements_stay_short_however_much_hangs_on_one_row(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More answers than a statement of PostgreSQL may have parameters: 65,535."""
    (task,) = add_one(project)
    ann = Membership.objects.create(project=project, name="ann", role="worker")
    fill = """
        INSERT INTO tasks_response (task_id, worker_id, answer, counted, received_at, replaced_at)
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 70000)
        SELECT %s, %s, '"yes"', %s, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM number"""
    with connection.cursor() as cursor:
        cursor.execute(fill, [task, ann.pk, True])
    alice("DELETE", "/projects/birds")
    remove(project.pk)
    assert not Response.objects.exists()
    assert AuditEvent.objects.get(action="project.removed").detail["rows"] > 70_000


def add_one(project: Project) -> list[int]:
    add_tasks(project, [TaskRecord(external_id="t0", data={"text": "?"})])
    return list(Task.objects.values_list("pk", flat=True))


def test_deletion_knows_every_rule_by_which_a_table_of_a_project_hangs_on_another() -> None:
    belonging: list[type[models.Model]] = [Project, *(model for model, _path in owned(Project))]
    rules = {relation.on_delete for model in belonging for relation in deletion._relations(model)}
    assert rules <= {models.CASCADE, models.RESTRICT, models.SET_NULL}


def test_requests_that_are_on_their_way_may_end_before_anything_is_removed(tasks: Project, alice: Api) -> None:
    alice("DELETE", "/projects/birds")
    assert deletion.unfinished() == []
    Deletion.objects.update(next_try_at=timezone.now())
    assert deletion.unfinished() == [tasks.pk]


def test_what_a_request_still_brings_while_rows_are_removed_goes_with_the_next_try(
    transactional_db: None, tasks: Project, alice: Api
) -> None:
    alice("DELETE", "/projects/birds")
    brought: list[str] = []

    def bring(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not brought and '"tasks_task"."id"' in sql and f"LIMIT {deletion.FOUND}" in sql:
            brought.append(sql)
            GoldAnswer.objects.create(task=Task.objects.for_project(tasks)[0], answer=YES)
        return execute(sql, *rest)

    with connection.execute_wrapper(bring), pytest.raises(IntegrityError):
        remove(tasks.pk)
    assert brought
    remove(tasks.pk)
    assert rows_of(tasks.pk) == {}
    assert not Project.objects.filter(pk=tasks.pk).exists()
