"""What is known of workers from the owner's other projects: how much it counts, and that it stays
as it was."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowd.people.models import User
from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from quality.answers.matrix import read_matrix
from quality.answers.priors import MOST, priors_of, seed_priors
from quality.kinds.choice.service import Choice
from quality.models import Consensus, Standing, WorkerPrior, WorkerScore
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import differing_labels
from quality.workers.scores import worker_scores
from tasks.models import Response, Task
from tests.cast import CHOICE, NO, YES, Api, worker_of


def other_project(owner: User, slug: str = "owls", schema: Any = CHOICE) -> Project:
    return create_project(owner=owner, slug=slug, name=slug, schema=schema)


def worked(project: Project, user: User, *, right: int = 0, seen: int = 0, **score: Any) -> Membership:
    """This person has worked in the project, and was scored there."""
    worker = Membership.objects.create(project=project, user=user, role=Role.WORKER)
    fields = {"responses": 100, "reliability": 0.9, **score}
    WorkerScore.objects.create(worker=worker, gold_right=right, gold_seen=seen, **fields)
    return worker


def prior_of(api: Api, project: Project) -> tuple[float, float, int]:
    worker = worker_of(api, project)
    seed_priors(project, [worker.pk])
    stored = WorkerPrior.objects.get(worker=worker)
    return round(stored.right, 3), round(stored.seen, 3), stored.projects


def test_gold_elsewhere_counts_half_and_at_most_ten_answers(alice: Api, bob: Api, project: Project) -> None:
    worked(other_project(alice.user), bob.user, right=9, seen=9)
    few = prior_of(bob, project)
    WorkerPrior.objects.all().delete()
    WorkerScore.objects.update(gold_right=180, gold_seen=200)
    many = prior_of(bob, project)
    assert few == (round(4.5 * 9.5 / 10, 3), 4.5, 1)
    assert many == (round(MOST * 180.5 / 201, 3), MOST, 1)


def test_without_gold_what_others_answered_counts_a_tenth(alice: Api, bob: Api, project: Project) -> None:
    worked(other_project(alice.user), bob.user, responses=40, reliability=0.75)
    assert prior_of(bob, project) == (3.0, 4.0, 1)


def test_projects_of_others_and_strangers_say_nothing(alice: Api, bob: Api, charlie: Api, project: Project) -> None:
    worked(other_project(charlie.user), bob.user, right=20, seen=20)
    worked(other_project(alice.user, "wrens"), charlie.user, right=20, seen=20)
    voter = Membership.objects.create(project=project, name="csv", role=Role.WORKER)
    seed_priors(project, [voter.pk])
    assert prior_of(bob, project) == (0.0, 0.0, 0)
    assert WorkerPrior.objects.get(worker=voter).seen == 0.0


def test_knowledge_is_carried_over_and_not_luck(alice: Api, bob: Api, project: Project) -> None:
    ten = {"type": "choice", "classes": [{"name": str(n)} for n in range(10)]}
    worked(other_project(alice.user, schema=ten), bob.user, responses=100, reliability=0.1)
    assert prior_of(bob, project) == (5.0, 10.0, 1)


def test_who_was_voided_as_unreliable_does_not_begin_afresh(alice: Api, bob: Api, project: Project) -> None:
    before = worked(other_project(alice.user), bob.user)
    WorkerScore.objects.all().delete()
    Standing.objects.create(worker=before, verdict="unreliable", decided_right=7, decided_seen=24)
    assert prior_of(bob, project) == (round(MOST * 7.5 / 25, 3), MOST, 1)


def test_what_is_written_down_stays_though_the_history_goes_on(alice: Api, bob: Api, project: Project) -> None:
    worked(other_project(alice.user), bob.user, right=10, seen=10)
    before = prior_of(bob, project)
    WorkerScore.objects.update(gold_right=0, gold_seen=200)
    assert prior_of(bob, project) == before


def test_a_history_narrows_the_interval_and_leaves_the_gold_tally_alone(alice: Api, bob: Api, tasks: Project) -> None:
    alice("PUT", "/projects/birds/tasks/t0/gold", {"answer": "yes"})
    worker = worker_of(bob, tasks)
    Response.objects.create(task=Task.objects.get(external_id="t0"), worker=worker, answer=YES)

    def score() -> WorkerScore:
        matrix = read_matrix(tasks)
        (found,) = worker_scores(matrix, Choice().fit(matrix, "majority"))
        return found

    without = score()
    worked(other_project(alice.user), bob.user, right=30, seen=30)
    seed_priors(tasks, [worker.pk])
    known = score()
    assert [float(part[0]) for part in priors_of([worker.pk])] == [pytest.approx(MOST * 30.5 / 31), MOST]
    assert (known.reliability_high or 0) - (known.reliability_low or 0) < 0.4
    assert (without.reliability_high or 0) - (without.reliability_low or 0) > 0.7
    assert (known.gold_right, known.gold_seen) == (without.gold_right, without.gold_seen) == (1, 1)


def test_a_crowd_takes_no_more_statements_than_one(alice: Api, project: Project) -> None:
    owls = other_project(alice.user)
    people = [User.objects.create_user(f"w{n}@example.com") for n in range(40)]
    for user in people:
        worked(owls, user, right=5, seen=5)
    workers = [Membership.objects.create(project=project, user=user, role=Role.WORKER).pk for user in people]
    with CaptureQueriesContext(connection) as first:
        seed_priors(project, workers[:1])
    with CaptureQueriesContext(connection) as rest:
        seed_priors(project, workers)
    with CaptureQueriesContext(connection) as again:
        seed_priors(project, workers)
    assert (len(rest), len(again)) == (len(first), 1)
    assert WorkerPrior.objects.filter(seen=2.5).count() == 40


def test_what_is_known_weighs_from_the_first_answer_on(alice: Api, bob: Api, charlie: Api, tasks: Project) -> None:
    other = other_project(alice.user)
    worked(other, bob.user, right=49, seen=50)
    worked(other, charlie.user, right=26, seen=50)
    Membership.objects.create(project=tasks, user=charlie.user, role=Role.WORKER)
    for task in Task.objects.all():
        for api, answer in ((bob, YES), (charlie, NO)):
            Response.objects.create(task=task, worker=worker_of(api, tasks), answer=answer)
    Task.objects.update(answers_counted=2, revision=2)
    Project.objects.update(method="dawid-skene")
    refresh_project(tasks.pk)
    assert {each.label for each in Consensus.objects.all()} == {YES}
    assert min(each.confidence for each in Consensus.objects.all()) > 0.75
    assert differing_labels(tasks) == []
