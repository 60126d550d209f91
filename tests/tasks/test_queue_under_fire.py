"""Many workers at once: no task gets more answers than it needs, none is asked of a worker twice, none is lost."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import F

from crowd.people.models import User
from crowd.projects.models import Membership, Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, Response, Task
from tasks.queue import expire_leases, lease_tasks
from tasks.responses import skip, submit_response
from tests.cast import CHOICE

WORKERS, TASKS, NEEDED = 8, 60, 3


@pytest.fixture
def busy_project(transactional_db: None) -> Project:
    project = Project.objects.create(slug="birds", name="Birds", schema=CHOICE, min_responses=NEEDED, gold_rate=0.2)
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"n": n}) for n in range(TASKS)])
    add_tasks(project, [TaskRecord(external_id=f"g{n}", data={"n": n}, gold=("yes", "")) for n in range(10)])
    for n in range(WORKERS):
        user = User.objects.create_user(f"worker{n}@example.com")
        Membership.objects.create(project=project, user=user, role="worker")
    return project


def work(worker: Membership, seed: int) -> int:
    """Answer, skip, forget and come late until the queue is empty; returns the number of acknowledged answers."""
    rng = random.Random(seed)
    acknowledged = 0
    try:
        while leased := lease_tasks(worker=worker, count=rng.choice([1, 1, 3]), rng=rng)[0]:
            for assignment in leased:
                chance = rng.random()
                if chance < 0.05:
                    skip(assignment=assignment)
                    continue
                if chance < 0.25:  # the lease ends before the answer comes
                    Assignment.objects.filter(pk=assignment.pk).update(expires_at="2020-01-01T00:00:00Z")
                    expire_leases()
                submit_response(assignment=assignment, answer=rng.choice(["yes", "no"]))
                acknowledged += 1
    finally:
        connection.close()
    return acknowledged


def test_no_task_is_answered_too_often_twice_by_one_or_for_nothing(busy_project: Project) -> None:
    workers = list(Membership.objects.workers().select_related("project"))
    with ThreadPoolExecutor(WORKERS) as pool:
        acknowledged = sum(pool.map(work, workers, range(WORKERS)))
    # Who found the queue empty has gone home, though a lease that ended later freed a slot: they all look in again.
    for again in range(3):
        acknowledged += sum(work(worker, WORKERS * (again + 1) + n) for n, worker in enumerate(workers))
    counted = Counter(Response.objects.current().values_list("task_id", flat=True))
    ordinary = Task.objects.filter(shelf="work")
    pairs = Counter(Response.objects.filter(replaced_at=None).values_list("task_id", "worker_id"))
    assert Response.objects.count() == acknowledged
    assert max(pairs.values()) == 1
    assert {task.answers_counted for task in ordinary} == {NEEDED}
    assert all(task.answers_counted == counted[task.pk] for task in Task.objects.all())
    assert not Task.objects.exclude(leases_live=0).exists()
    assert not ordinary.filter(answers_counted__gt=F("answers_needed")).exists()
