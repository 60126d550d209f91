"""A small project to begin with. Its keys and buckets are the same in every run, so that a run can
be repeated."""

import random
from typing import Any

from crowd.people.models import User
from crowd.projects.classes import numbered
from crowd.projects.models import Membership, Project
from tasks.models import Task
from tasks.queue.buckets import bucket_of_new
from tasks.queue.purposes import set_purpose
from tests.properties.model import OPEN_LEASES, Model, Piece, Seat

PURPOSES = ["work"] * 9 + ["gold"] * 3 + ["training"] * 2
WORKERS = 4
FIRST_KEY = 1_000_000  # beyond what the database gives out itself
CHOICE: Any = {"type": "choice", "classes": [{"name": "yes"}, {"name": "no"}]}


def open_project(order: str, minimum: int, maximum: int, gold_rate: float, training: int) -> tuple[Project, Model]:
    project = Project.objects.create(
        slug="birds",
        name="Birds",
        schema=numbered(CHOICE),
        min_responses=minimum,
        max_responses=maximum,
        gold_rate=gold_rate,
        order=order,
        applied_order=order,
        open_leases=OPEN_LEASES,
        training_tasks=training,
    )
    workers, tasks = _hire(project), _fill(project)
    seats = {worker.pk: Seat() for worker in workers}
    pieces = {task.pk: Piece(minimum, purpose) for task, purpose in zip(tasks, PURPOSES, strict=True)}
    for purpose in ("gold", "training"):
        set_purpose([pk for pk, piece in pieces.items() if piece.purpose == purpose], purpose)
    return project, Model(minimum, maximum, training, seats, pieces)


def _hire(project: Project) -> list[Membership]:
    users = User.objects.bulk_create(User(email=f"w{n}@example.com") for n in range(WORKERS))
    return Membership.objects.bulk_create(
        Membership(pk=FIRST_KEY + n, project=project, user=user, role="worker") for n, user in enumerate(users)
    )


def _fill(project: Project) -> list[Task]:
    rng = random.Random(0)
    return Task.objects.bulk_create(
        Task(
            pk=FIRST_KEY + n,
            project=project,
            external_id=f"t{n}",
            priority=n % 3,
            answers_needed=project.min_responses,
            bucket=bucket_of_new(project.applied_order, n % 3, rng),
        )
        for n in range(len(PURPOSES))
    )
