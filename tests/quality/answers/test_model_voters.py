"""What a model predicts is one more vote, whose reliability is learnt, and never an answer."""

import pytest

from crowd.projects.models import Project
from quality.models import Consensus, Summary, WorkerScore
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import differing_labels
from tasks.models import Task
from tests.cast import YES, Api
from tests.quality.refresh.test_scheduling import vote


@pytest.fixture
def predicted(tasks: Project, alice: Api) -> Project:
    """Ten tasks, of which a model is right about eight, answered by two who agree."""
    truth = {f"t{n}": "yes" if n % 2 else "no" for n in range(10)}
    wrong = {"t0": "yes", "t1": "no"}
    predictions = [{"task": name, "answer": wrong.get(name, answer)} for name, answer in truth.items()]
    alice("POST", "/projects/birds/prelabels", {"model": "net", "predictions": predictions})
    vote(alice, *[f"{name} {worker} {answer}" for name, answer in truth.items() for worker in ("a", "b")])
    return tasks


def test_its_reliability_is_learnt_and_it_takes_no_slot(predicted: Project) -> None:
    refresh_project(predicted.pk)
    score = WorkerScore.objects.get(worker__name="model net")
    assert (score.responses, score.worker.user) == (10, None)
    person = WorkerScore.objects.get(worker__name="a")
    assert (score.reliability or 1.0) < (person.reliability or 0.0)
    assert set(Consensus.objects.values_list("responses", flat=True)) == {2}


def test_it_decides_between_two_who_disagree(predicted: Project, alice: Api) -> None:
    refresh_project(predicted.pk)
    vote(alice, "t5 a no")  # instead of yes, as before and as the model says
    keep_up(predicted)
    assert Consensus.objects.get(task__external_id="t5").label == YES
    alice("PATCH", "/projects/birds", {"quality": {"prelabels_vote": False}})
    refresh_project(predicted.pk)
    assert not WorkerScore.objects.filter(worker__name="model net").exists()
    assert Consensus.objects.get(task__external_id="t5").confidence == pytest.approx(0.5, abs=0.2)


def test_a_prediction_that_comes_later_is_taken_into_account(tasks: Project, alice: Api) -> None:
    vote(alice, "t3 a yes")
    keep_up(tasks)
    before = Consensus.objects.get().confidence
    alice("POST", "/projects/birds/prelabels", {"model": "net", "predictions": [{"task": "t3", "answer": "yes"}]})
    alice("POST", "/projects/birds/prelabels", {"model": "net", "predictions": [{"task": "t4", "answer": "yes"}]})
    keep_up(tasks)
    after = Consensus.objects.get()  # none where no person has answered
    assert after.confidence > before
    assert after.responses == 1


def test_a_prediction_that_is_replaced_gives_a_new_label(predicted: Project, alice: Api) -> None:
    refresh_project(predicted.pk)
    before = Consensus.objects.get(task__external_id="t5").confidence
    alice("POST", "/projects/birds/prelabels", {"model": "net", "predictions": [{"task": "t5", "answer": "no"}]})
    assert list(Task.objects.stale().values_list("external_id", flat=True)) == ["t5"]
    keep_up(predicted)
    live = Consensus.objects.get(task__external_id="t5").confidence
    refresh_project(predicted.pk)
    assert live < before
    assert Consensus.objects.get(task__external_id="t5").confidence < before
    assert differing_labels(predicted) == []


def test_a_model_that_is_shown_to_workers_has_no_vote_and_others_keep_theirs(predicted: Project, alice: Api) -> None:
    alice("POST", "/projects/birds/prelabels", {"model": "other", "predictions": [{"task": "t0", "answer": "no"}]})
    alice("PATCH", "/projects/birds", {"quality": {"shown_model": "net"}})
    refresh_project(predicted.pk)
    voters = set(WorkerScore.objects.values_list("worker__name", flat=True))
    assert voters == {"a", "b", "model other"}
    assert differing_labels(predicted) == []


def test_a_paused_model_has_no_vote_until_it_is_resumed(predicted: Project, alice: Api) -> None:
    refresh_project(predicted.pk)
    model = predicted.memberships.get(name="model net")
    for status, voters in (("paused", {"a", "b"}), ("active", {"a", "b", "model net"})):
        alice("PATCH", f"/projects/birds/members/{model.pk}", {"status": status})
        refresh_project(predicted.pk)
        assert set(WorkerScore.objects.values_list("worker__name", flat=True)) == voters
        assert differing_labels(predicted) == []
    assert Summary.objects.get().progress["workers"] == 2
