"""What ends that a task is exhausted."""

from collections.abc import Callable

from crowd.projects.models import Project, SkillGrant
from quality.exhaustion import sifting
from quality.labels.summaries import count_progress
from quality.models import Sifting, Summary
from quality.refresh.live import keep_up
from tasks.models import Task
from tasks.responses.voiding import restore_responses, void_responses
from tests.cast import Api, worker_of
from tests.quality.exhaustion.steps import (
    DISPUTES,
    Worker,
    answer_all,
    end_leases,
    exhausted,
    lease,
    skip_all,
    states,
    trail,
)


def test_a_new_worker_gets_the_task_and_it_is_open_again(
    one: Project, alice: Api, bob: Api, new_worker: Worker
) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    other = new_worker()
    assert exhausted() == ["t0"]
    sifting.sift(one.pk)
    assert (exhausted(), states(alice)) == ([], {"t0": "open"})
    assert trail()[1:] == [("tasks.reopened", {"count": 1, "tasks": ["t0"]})]
    assert len(lease(other)) == 1


def test_it_is_open_again_with_the_first_answer_whenever_the_job_comes(
    one: Project, alice: Api, bob: Api, new_worker: Worker
) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    answer_all(new_worker())
    assert (exhausted(), states(alice)) == ([], {"t0": "open"})
    assert Task.objects.get().exhausted_at is None


def test_a_task_whose_slots_a_new_worker_took_is_open_again(one: Project, bob: Api, new_worker: Worker) -> None:
    Project.objects.update(min_responses=1)
    Task.objects.update(answers_needed=1)
    skip_all(bob)
    sifting.sift(one.pk)
    lease(new_worker())
    sifting.sift(one.pk)
    assert exhausted() == []


def test_votes_that_are_imported_open_it_again(one: Project, alice: Api, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    body = "task,worker,answer\nt0,w,yes\n"
    alice("POST", "/projects/birds/responses/import", body, content_type="text/csv")
    assert exhausted() == []


def test_a_skip_that_is_taken_back_opens_the_task_at_once_and_its_label_is_read_again(
    one: Project, alice: Api, bob: Api
) -> None:
    (token,) = lease(bob)
    bob("POST", f"/assignments/{token}/skip", {})
    keep_up(one)
    sifting.sift(one.pk)
    assert (exhausted(), Task.objects.stale().count()) == (["t0"], 0)
    bob("DELETE", f"/assignments/{token}/response")
    assert (exhausted(), Task.objects.stale().count()) == ([], 1)
    assert states(alice) == {"t0": "open"}
    keep_up(one)
    assert Summary.objects.get().progress == count_progress(one)


def test_a_decision_ends_it_and_without_the_decision_it_is_exhausted_again(
    one: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    alice("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": "no"})
    assert (states(alice), alice("GET", DISPUTES).json()["results"]) == ({"t0": "settled"}, [])
    assert (exhausted(), Summary.objects.get().progress["exhausted"]) == ([], 0)
    Sifting.objects.update(lap_at=None)
    sifting.sift(one.pk)
    assert exhausted() == []
    alice("DELETE", "/projects/birds/tasks/t0/adjudication")
    refreshed()
    assert states(alice) == {"t0": "exhausted"}
    assert Summary.objects.get().progress == count_progress(one)


def test_an_answer_that_is_restored_opens_it_again(one: Project, bob: Api, new_worker: Worker) -> None:
    answer_all(bob)
    void_responses(worker_of(bob, one))
    skip_all(new_worker())
    sifting.sift(one.pk)
    before = exhausted()
    restore_responses(worker_of(bob, one))
    assert (before, exhausted(), Task.objects.get().exhausted_at) == (["t0"], [], None)


def test_a_late_answer_of_who_may_work_no_more_opens_it_again(one: Project, bob: Api, new_worker: Worker) -> None:
    other = new_worker()
    for person in (bob, other):
        SkillGrant.objects.create(user=person.user, name="owls/eyes")
    Project.objects.update(required_skill="owls/eyes")
    (token,) = lease(other)
    end_leases()
    SkillGrant.objects.filter(user=other.user).delete()
    skip_all(bob)
    sifting.sift(one.pk)
    before = exhausted()
    other("PUT", f"/assignments/{token}/response", {"answer": "yes"})
    assert (before, exhausted()) == (["t0"], [])
