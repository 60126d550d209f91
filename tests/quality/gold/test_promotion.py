"""Gold by promotion of labels that are very sure."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import F

from crowd.projects.models import Membership, Project, Role
from quality.models import GoldAnswer, Standing, WorkerScore
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response, Task
from tests.cast import CHOICE, Api, worker_of
from tests.quality.gold.crowd import give, truth, vote, votes_of


def per_class() -> Counter[str]:
    promoted = GoldAnswer.objects.filter(origin="promoted").values_list("answer", flat=True)
    return Counter(CHOICE["classes"][number]["name"] for number in promoted)


def promote(alice: Api, count: int, seed: int = 0, sure: float = 0.9) -> dict[str, Any]:
    body = {"count": count, "min_confidence": sure, "seed": seed}
    reply = alice("POST", "/projects/birds/gold/promote", body)
    assert reply.status_code == 201
    made: dict[str, Any] = reply.json()
    return made


def test_very_sure_labels_become_hidden_gold_evenly_over_the_classes(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    there = alice("GET", "/projects/birds/gold/candidates?min_confidence=0.9").json()
    made = promote(alice, 10)
    left = alice("GET", "/projects/birds/gold/candidates?min_confidence=0.9").json()
    assert made == {"promoted": 10, "per_class": {"yes": 5, "no": 5}}
    assert per_class() == Counter(yes=5, no=5)
    assert {name: there["per_class"][name] - n for name, n in made["per_class"].items()} == left["per_class"]
    for gold in GoldAnswer.objects.select_related("task"):
        answers = list(gold.task.responses.values_list("answer", flat=True))
        assert answers.count(gold.answer) == len(answers) == 5
        assert (gold.task.purpose, gold.training) == ("gold", False)
        assert CHOICE["classes"][gold.answer]["name"] == truth(int(gold.task.external_id[1:]))


def test_the_same_seed_promotes_the_same_and_all_of_it_is_taken_back_at_once(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    give(alice, (0, truth(0)))
    chosen: list[set[str]] = []
    for seed in (1, 1, 2):
        promote(alice, 8, seed)
        chosen.append(set(GoldAnswer.objects.filter(origin="promoted").values_list("task__external_id", flat=True)))
        assert alice("DELETE", "/projects/birds/gold?origin=promoted").json() == {"withdrawn": 8}
        refreshed()
    assert chosen[0] == chosen[1] != chosen[2]
    assert list(GoldAnswer.objects.values_list("task__external_id", flat=True)) == ["t0"]
    assert Task.objects.filter(purpose="gold").count() == 1
    assert alice("DELETE", "/projects/birds/gold").status_code == 400


def test_nothing_is_promoted_on_the_word_of_few_or_of_doubtful_workers(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    before = sum(alice("GET", "/projects/birds/gold/candidates?min_confidence=0.5").json()["per_class"].values())
    workers = Membership.objects.filter(project=crowd, name__startswith="good").order_by("name")
    WorkerScore.objects.filter(worker=workers[0]).update(flags=["worse_than_chance"])
    for worker in workers[1:3]:
        Standing.objects.update_or_create(worker=worker, defaults={"verdict": "unreliable"})
    assert before > 0
    assert promote(alice, 10, sure=0.5) == {"promoted": 0, "per_class": {}}


def test_who_was_found_reliable_is_heard(crowd: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    refreshed()
    before = alice("GET", "/projects/birds/gold/candidates?min_confidence=0.5").json()
    for worker in Membership.objects.filter(project=crowd, name__startswith="good"):
        Standing.objects.update_or_create(worker=worker, defaults={"verdict": "reliable"})
    assert alice("GET", "/projects/birds/gold/candidates?min_confidence=0.5").json() == before


def test_what_stands_only_for_votes_is_never_promoted(
    project: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    vote(alice, "birds", votes_of(5, 0))
    refreshed()
    assert alice("GET", "/projects/birds/gold/candidates?min_confidence=0.5").json()["per_class"] == {}


def test_promoted_gold_is_shown_to_those_who_have_not_answered_it(
    crowd: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    add_tasks(crowd, [TaskRecord(external_id=f"new{n}", data={"text": f"New {n}?"}) for n in range(20)])
    Project.objects.update(gold_rate=0.5)
    promote(alice, 10)
    leased = bob("POST", "/projects/birds/assignments", {"count": 10}).json()["assignments"]
    texts = set(GoldAnswer.objects.values_list("task__data__text", flat=True))
    assert {each["data"]["text"] for each in leased} & texts
    assert worker_of(bob, crowd).role == Role.WORKER


def test_answers_that_made_a_label_gold_are_no_tests_and_later_ones_are(
    crowd: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    promote(alice, 10)
    task = GoldAnswer.objects.order_by("task_id")[0].task
    Response.objects.create(task=task, worker=worker_of(bob, crowd), answer=task.gold.answer)
    Task.objects.filter(pk=task.pk).update(answers_counted=F("answers_counted") + 1, revision=F("revision") + 1)
    refreshed()
    seen = dict(WorkerScore.objects.values_list("worker__name", "gold_seen"))
    assert {name: n for name, n in seen.items() if n} == {worker_of(bob, crowd).name: 1}
    known = {"answer": CHOICE["classes"][task.gold.answer]["name"]}  # by somebody who looked
    alice("PUT", f"/projects/birds/tasks/{task.external_id}/gold", known)
    refreshed()
    assert sum(WorkerScore.objects.values_list("gold_seen", flat=True)) == 5 + 1
