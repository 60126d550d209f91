"""The owner's overview, and what may be done there."""

from collections.abc import Callable

import pytest
from django.test import Client

from crowd.projects.models import Project, Role
from quality.models import Adjudication, Refresh
from quality.refresh.scheduling import refresh_project
from tasks.models import Response, Task
from tests.cast import NO, NUMBERS, Api, worker_of
from tests.pages.conftest import text_of


@pytest.fixture
def disputed(tasks: Project, new_worker: Callable[[], Api], refreshed: Callable[[], None]) -> Project:
    """Five workers, as many as a task gets, are divided on t0 and agree on t1."""
    workers = [worker_of(new_worker(), tasks) for _ in range(5)]
    for external_id, answers in {"t0": ["yes", "no", "yes", "no", "yes"], "t1": ["yes"] * 5}.items():
        task = Task.objects.get(external_id=external_id)
        Response.objects.bulk_create(
            Response(task=task, worker=worker, answer=NUMBERS[answer])
            for worker, answer in zip(workers, answers, strict=True)
        )
        Task.objects.filter(pk=task.pk).update(answers_needed=5, answers_counted=5)
    refreshed()
    return tasks


def test_project_without_tasks_asks_for_them(owner: Client) -> None:
    Task.objects.all().delete()

    page = text_of(owner.get("/projects/birds"))

    assert "This project has no tasks yet" in page
    assert 'enctype="multipart/form-data"' in page


def test_overview_before_the_first_refresh(owner: Client) -> None:
    assert "Labels have not been worked out yet." in text_of(owner.get("/projects/birds"))


def test_overview_shows_progress_agreement_and_workers(owner: Client, disputed: Project) -> None:
    page = text_of(owner.get("/projects/birds"))

    assert "1 of 10 tasks settled" in page
    assert "Krippendorff&#x27;s alpha" in page
    assert "worker0@example.com" in page


def test_refresh_now_is_asked_for_once(owner: Client) -> None:
    owner.post("/projects/birds/refresh")
    reply = owner.post("/projects/birds/refresh", headers={"HX-Request": "true"})

    assert Refresh.objects.count() == 1
    assert "Refreshing…" in text_of(reply)


def test_decision_leaves_the_list_at_once_and_can_be_undone(
    owner: Client, disputed: Project, refreshed: Callable[[], None]
) -> None:
    assert [each.task.external_id for each in owner.get("/projects/birds").context["disputes"].disputes] == ["t0"]

    reply = owner.post("/projects/birds/decide", {"task": "t0", "answer": "no"}, headers={"HX-Request": "true"})
    assert reply.context["disputes"].disputes == []
    assert reply.context["disputes"].decisions[0].title == "no"
    assert Adjudication.objects.get().answer == NO

    seen = reply.context["disputes"].decisions[0].version
    owner.post("/projects/birds/decide", {"task": "t0", "seen": seen}, headers={"HX-Request": "true"})
    refreshed()
    reply = owner.get("/projects/birds/disputes")
    assert [each.task.external_id for each in reply.context["disputes"].disputes] == ["t0"]
    assert not Adjudication.objects.exists()


def test_decision_without_script_leads_back_to_the_list(owner: Client, disputed: Project) -> None:
    reply = owner.post("/projects/birds/decide", {"task": "t0", "answer": "no"})

    assert reply["Location"] == "/projects/birds#disputes"


@pytest.mark.parametrize("with_script", [True, False])
def test_decision_that_came_after_another_reviewers_is_not_stored_and_says_so(
    owner: Client, disputed: Project, member: Callable[[Role], Client], with_script: bool
) -> None:
    headers = {"HX-Request": "true"} if with_script else {}
    other = member(Role.REVIEWER)
    undo: dict[str, str] = {}
    told = {
        "t0 was decided by reviewer@example.com meanwhile. Your decision is not stored.": {"answer": "yes"},
        "t0 was decided anew by reviewer@example.com meanwhile. That decision stands: nothing was taken back.": undo,
    }
    for words, late in told.items():
        other.post("/projects/birds/decide", {"task": "t0", "answer": "no"})
        page = owner.post("/projects/birds/decide", {"task": "t0", **late}, headers=headers, follow=True)
        assert words in text_of(page)
        assert Adjudication.objects.get().answer == NO


def test_undo_of_a_decision_that_another_has_taken_back_says_so(owner: Client, disputed: Project) -> None:
    page = owner.post("/projects/birds/decide", {"task": "t0"}, headers={"HX-Request": "true"})
    assert (page.status_code, "No decision stands on t0." in text_of(page)) == (200, True)


def test_decision_for_no_class_of_the_project_is_refused(owner: Client, disputed: Project) -> None:
    reply = owner.post("/projects/birds/decide", {"task": "t0", "answer": "perhaps"})

    assert reply.status_code == 400
    assert not Adjudication.objects.exists()


def test_page_of_a_worker_has_the_confusion_matrix_as_a_table(owner: Client, disputed: Project) -> None:
    row = owner.get("/projects/birds/workers").context["workers"][0]

    page = owner.get(f"/projects/birds/workers/{row.pk}")

    assert page.context["worker"].name == row.name
    assert (page.context["matrix"] == []) == ("It is estimated once there are enough answers" in text_of(page))


def test_home_shows_owners_how_far_their_projects_are(owner: Client, disputed: Project) -> None:
    page = text_of(owner.get("/"))

    assert "1 of 10 settled" in page
    assert 'href="/projects/birds"' in page


def test_home_of_somebody_without_projects_says_what_to_do(outsider: Client) -> None:
    assert "You are in no project yet" in text_of(outsider.get("/"))


def test_home_shows_workers_what_to_label(worker: Client) -> None:
    page = text_of(worker.get("/"))

    assert "Start labelling" in page
    assert 'href="/projects/birds/work"' in page
    assert "settled" not in page


def test_labels_can_be_downloaded_from_the_overview(owner: Client) -> None:
    page = owner.get("/projects/birds").content.decode()

    for suffix in ("csv", "jsonl", "parquet"):
        assert f'href="/api/v1/projects/birds/labels.{suffix}"' in page


def test_a_shown_model_of_which_nothing_came_is_told(owner: Client, disputed: Project, alice: Api) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"shown_model": "nett"}})
    refresh_project(disputed.pk)
    assert "no prediction under that name has come in" in text_of(owner.get("/projects/birds"))
    alice("POST", "/projects/birds/prelabels", {"model": "nett", "predictions": [{"task": "t0", "answer": "yes"}]})
    refresh_project(disputed.pk)
    assert "no prediction under that name" not in text_of(owner.get("/projects/birds"))
