"""Whom a project trusts, what follows for the others, and that a manager's word stands above it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice

import numpy as np
import pytest
from django.db.models import F

from crowd.people.models import AuditEvent
from crowd.projects.appeals import answer_appeal, appeal
from crowd.projects.models import Membership, Project, Role
from crowd.projects.pausing import pause, resume
from crowd.webhooks.models import Event, Webhook
from quality.answers.matrix import read_matrix
from quality.kinds.choice.service import Choice
from quality.labels.storage import store_scores
from quality.models import GoldAnswer, Standing, Summary, Voiding, WorkerScore
from quality.refresh.scheduling import projects_to_refresh, refresh_if_due, refresh_project
from quality.reliability.gold import FEWEST
from quality.workers.scores import worker_scores
from quality.workers.trust import LATEST, act_on_standings, judge
from quality.workers.voiding import request_voiding
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response, Task
from tests.cast import NO, YES, Api, worker_of

GOLD, WORK = 100, 60


@pytest.fixture
def quiz(project: Project) -> Project:
    """A hundred gold tasks, all of them yes, and sixty ordinary ones."""
    names = [f"gold{n}" for n in range(GOLD)] + [f"work{n}" for n in range(WORK)]
    add_tasks(project, [TaskRecord(external_id=name, data={"text": name}) for name in names])
    gold = Task.objects.filter(external_id__startswith="gold")
    GoldAnswer.objects.bulk_create(GoldAnswer(task=task, answer=YES) for task in gold)
    gold.update(purpose="gold", answers_needed=99)
    return project


@pytest.fixture
def crowd(quiz: Project, bob: Api, new_worker: Callable[[], Api]) -> list[Membership]:
    """Bob, and three workers who are right nine times in ten of thirty test tasks."""
    others = [worker_of(new_worker(), quiz) for _ in "abc"]
    for worker in others:
        answer(worker, "gold", right=27, wrong=3)
    return [worker_of(bob, quiz), *others]


def unanswered(worker: Membership, purpose: str) -> Iterator[Task]:
    tasks = Task.objects.filter(project=worker.project, external_id__startswith=purpose)
    return tasks.exclude(responses__worker=worker).order_by("pk").iterator()


def answer(worker: Membership, purpose: str, *, right: int = 0, wrong: int = 0) -> None:
    """So many answers that are yes, and no, to tasks that the worker has not had."""
    tasks = list(islice(unanswered(worker, purpose), right + wrong))
    answers = [YES] * right + [NO] * wrong
    Response.objects.bulk_create(
        Response(task=task, worker=worker, answer=each) for task, each in zip(tasks, answers, strict=True)
    )
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(answers_counted=F("answers_counted") + 1)


def look(project: Project) -> None:
    """What a fit does about what it has found."""
    project.refresh_from_db()
    matrix = read_matrix(project)
    scores = worker_scores(matrix, Choice().fit(matrix, "majority"))
    store_scores(project, scores)
    act_on_standings(project, scores)


def found_and_in_effect(worker: Membership) -> None:
    """The worker guesses, is found out, and goes on until the decision takes effect."""
    answer(worker, "gold", right=10, wrong=20)
    look(worker.project)
    answer(worker, "work", right=LATEST)
    look(worker.project)


def status(worker: Membership) -> str:
    return str(Membership.objects.get(pk=worker.pk).status)


def verdict(worker: Membership) -> str:
    return str((Standing.objects.filter(worker=worker).first() or Standing()).verdict)


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_honest_workers_are_hardly_ever_called_unreliable_and_guessers_soon(n_classes: int) -> None:
    rng = np.random.default_rng(n_classes)
    ever = {}
    for name, accuracy, answers in (("honest", 0.75, 200), ("guesser", 1 / n_classes, 80)):
        right = (rng.random((2000, answers)) < accuracy).cumsum(axis=1).astype(float)
        none = (np.zeros(2000), np.zeros(2000))
        looks = [
            judge(right[:, n - 1], np.full(2000, float(n)), none, 1 / n_classes) for n in range(FEWEST, answers + 1)
        ]
        ever[name] = np.mean([Standing.Verdict.UNRELIABLE in each for each in zip(*looks, strict=True)])
    assert ever["honest"] <= 0.02
    assert ever["guesser"] >= 0.9


def test_who_guesses_is_shown_at_once_and_paused_some_answers_later(crowd: list[Membership]) -> None:
    bob, *others = crowd
    answer(bob, "gold", right=10, wrong=20)
    look(bob.project)
    shown = (verdict(bob), WorkerScore.objects.get(worker=bob).flags, status(bob))
    answer(bob, "work", right=LATEST)
    look(bob.project)
    assert shown == ("unreliable", ["unreliable"], "active")
    assert WorkerScore.objects.get(worker=bob).evidence == {"unreliable": {"right": 10, "seen": 30}}
    assert [status(worker) for worker in crowd] == ["paused", "active", "active", "active"]
    assert {verdict(worker) for worker in others} == {"reliable"}


def test_the_worker_is_told_why_without_what_gives_tests_away(crowd: list[Membership], bob: Api) -> None:
    found_and_in_effect(crowd[0])
    reason = bob("GET", "/projects/birds/work").json()["paused"]["reason"]
    assert "found automatically, from many answers and not from a single one" in reason
    assert not any(word in reason.lower() for word in ("gold", "test", "hidden", "wrong", "right"))
    assert not any(character.isdigit() for character in reason)
    (event,) = AuditEvent.objects.filter(action="worker.suspended")
    assert (event.actor, event.detail["member"], event.detail["voided"]) == (None, "bob@example.com", False)


def test_whoever_subscribed_is_told_once(crowd: list[Membership]) -> None:
    Webhook.objects.create(project=crowd[0].project, url="https://example.org/", kinds=["worker.suspended"])
    found_and_in_effect(crowd[0])
    look(crowd[0].project)
    (event,) = Event.objects.all()
    reason = Membership.objects.get(status="paused").pause_reason
    assert event.data == {"worker": crowd[0].pk, "reason": reason, "action": "pause"}


def test_who_stops_answering_is_paused_after_a_while_though_nothing_else_is_due(crowd: list[Membership]) -> None:
    project = crowd[0].project
    answer(crowd[0], "gold", right=10, wrong=20)
    refresh_project(project.pk)
    Summary.objects.update(rests_until=None)
    assert (verdict(crowd[0]), status(crowd[0]), projects_to_refresh()) == ("unreliable", "active", [])
    Standing.objects.update(decided_at=F("decided_at") - timedelta(hours=2))
    assert projects_to_refresh() == [project.pk]
    refresh_if_due(project.pk)
    assert (status(crowd[0]), projects_to_refresh()) == ("paused", [])


def test_nobody_is_judged_by_a_few_answers(crowd: list[Membership]) -> None:
    answer(crowd[0], "gold", wrong=FEWEST - 1)
    look(crowd[0].project)
    assert verdict(crowd[0]) == "unknown"


def test_a_project_may_want_nothing_but_the_flag(crowd: list[Membership]) -> None:
    Project.objects.update(on_unreliable="flag")
    found_and_in_effect(crowd[0])
    assert (verdict(crowd[0]), status(crowd[0])) == ("unreliable", "active")
    assert WorkerScore.objects.get(worker=crowd[0]).flags == ["unreliable"]
    assert not AuditEvent.objects.filter(action="worker.suspended").exists()


def test_voiding_reopens_the_slots_and_both_can_be_taken_back_for_good(crowd: list[Membership], alice: Api) -> None:
    bob = crowd[0]
    Project.objects.update(on_unreliable="void")
    found_and_in_effect(bob)
    voided = Response.objects.filter(worker=bob).exclude(voided_at=None).count()
    filled = Task.objects.filter(external_id__startswith="work", answers_counted=1).count()
    resume(member=Membership.objects.get(pk=bob.pk), actor=alice.user)
    look(bob.project)
    request_voiding(worker=Membership.objects.get(pk=bob.pk), actor=alice.user, action=Voiding.Action.RESTORE)
    look(bob.project)
    look(bob.project)
    assert (voided, filled) == (30 + LATEST, 0)
    assert (status(bob), verdict(bob)) == ("active", "unknown")
    assert Response.objects.current().filter(worker=bob).count() == 30 + LATEST


@pytest.mark.parametrize("by_appeal", [False, True])
def test_who_is_resumed_is_paused_again_by_new_answers_only(
    crowd: list[Membership], alice: Api, by_appeal: bool
) -> None:
    bob = crowd[0]
    found_and_in_effect(bob)
    if by_appeal:
        said = appeal(worker=bob, text="I had the classes mixed up.")
        answer_appeal(appeal=said, actor=alice.user, answer="So be it.", resume=True)
    else:
        resume(member=Membership.objects.get(pk=bob.pk), actor=alice.user)
    look(bob.project)
    answer(bob, "gold", right=5, wrong=FEWEST - 6)
    look(bob.project)
    resumed = (status(bob), verdict(bob))
    answer(bob, "gold", wrong=20)
    look(bob.project)
    answer(bob, "work", right=LATEST)
    look(bob.project)
    assert resumed == ("active", "unknown")
    assert (status(bob), verdict(bob)) == ("paused", "unreliable")
    assert AuditEvent.objects.filter(action="worker.suspended").count() == 2


def test_a_manager_who_was_faster_is_not_overruled(crowd: list[Membership], alice: Api) -> None:
    bob = crowd[0]
    answer(bob, "gold", right=10, wrong=20)
    look(bob.project)
    pause(member=bob, actor=alice.user, reason="Let us talk.")
    answer(bob, "work", right=LATEST)
    look(bob.project)
    kept = Membership.objects.get(pk=bob.pk).pause_reason
    resume(member=bob, actor=alice.user)
    look(bob.project)
    assert (kept, status(bob), verdict(bob)) == ("Let us talk.", "active", "unknown")


def test_deciding_twice_or_late_pauses_once(crowd: list[Membership]) -> None:
    answer(crowd[0], "gold", right=10, wrong=20)
    answer(crowd[0], "work", right=LATEST)
    matrix = read_matrix(crowd[0].project)
    scores = worker_scores(matrix, Choice().fit(matrix, "majority"))
    store_scores(crowd[0].project, scores)
    act_on_standings(crowd[0].project, scores)
    Standing.objects.update(decided_at=F("decided_at") - timedelta(hours=2))
    for _ in range(3):
        act_on_standings(crowd[0].project, scores)
    assert AuditEvent.objects.filter(action="worker.suspended").count() == 1
    assert WorkerScore.objects.get(worker=crowd[0]).flags == ["unreliable"]


def test_of_more_than_half_nobody_is_paused_and_people_are_called(crowd: list[Membership]) -> None:
    for worker in crowd[:3]:
        answer(worker, "gold", right=5, wrong=45)
    Summary.objects.create(project=crowd[0].project, alarm={"other": 1})
    for _ in range(2):
        look(crowd[0].project)
        Standing.objects.update(decided_at=F("decided_at") - timedelta(hours=2))
    called = Summary.objects.get().alarm
    stopped = [status(worker) for worker in crowd]
    answer(crowd[1], "gold", right=20)
    answer(crowd[2], "gold", right=20)
    Response.objects.filter(worker__in=crowd[1:3]).update(answer=YES)
    look(crowd[0].project)
    assert called == {"other": 1, "standings": {"unreliable": 3, "workers": 4}}
    assert stopped == ["active"] * 4
    assert Summary.objects.get().alarm == {"other": 1}
    assert [status(worker) for worker in crowd] == ["paused", "active", "active", "active"]


def test_imported_voters_are_flagged_and_nobody_pauses_them(crowd: list[Membership]) -> None:
    voter = Membership.objects.create(project=crowd[0].project, name="csv", role=Role.WORKER)
    found_and_in_effect(voter)
    assert (verdict(voter), status(voter)) == ("unreliable", "active")


def test_the_order_in_which_answers_came_decides_nothing(crowd: list[Membership]) -> None:
    def decided() -> list[tuple[object, ...]]:
        look(crowd[0].project)
        columns = ("worker", "verdict", "decided_right", "decided_seen", "acts_after")
        return list(Standing.objects.order_by("worker").values_list(*columns))

    answer(crowd[0], "gold", right=10, wrong=20)
    one_way = decided()
    Standing.objects.all().delete()
    rows = [(each.task, each.worker, each.answer) for each in Response.objects.order_by("-pk")]
    Response.objects.all().delete()
    Response.objects.bulk_create(Response(task=task, worker=worker, answer=given) for task, worker, given in rows)
    assert decided() == one_way
