"""A crowd of up to four classes and sixteen honest workers, to which a test adds those who are not;
and its project."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from quality.models import GoldAnswer
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response, Task
from tests.cast import Api

CLASSES = ["owl", "tit", "jay", "kite"]
TASKS, HONEST, A_TASK, EACH = 120, 16, 5, 30


@dataclass(frozen=True)
class Answer:
    task: int
    worker: str
    label: int
    seconds: float


class Crowd:
    """Answers in the order of time. `truth` and `wrong` have a class for each task."""

    def __init__(self, seed: int = 0, honest: int = HONEST, classes: int = len(CLASSES)) -> None:
        self.rng = np.random.default_rng(seed)
        self.classes = classes
        self.truth = self.rng.integers(classes, size=TASKS)
        self.wrong = (self.truth + self.rng.integers(1, classes, TASKS)) % classes
        self.answers: list[Answer] = []
        for task in range(TASKS):
            for worker in self.rng.choice(honest, A_TASK, replace=False):
                self.answers.append(Answer(task, f"honest{worker}", self.seen(task), self.time()))

    def seen(self, task: int) -> int:
        """What an honest worker answers."""
        mistake = (self.truth[task] + self.rng.integers(1, self.classes)) % self.classes
        return int(self.truth[task] if self.rng.random() < 0.85 else mistake)

    def time(self) -> float:
        return float(self.rng.lognormal(2.0, 0.4))

    def add(self, worker: str, labels: Callable[[int], int], *, tasks: Sequence[int] = (), seconds: float = 0) -> None:
        """More answers, to random tasks unless told; `labels` gets the task."""
        for task in tasks or self.rng.permutation(TASKS)[:EACH].tolist():
            self.answers.append(Answer(task, worker, int(labels(task)), seconds or self.time()))

    def shuffled(self) -> list[Answer]:
        """The same answers in another order of arrival: each worker's own order stays."""
        left = {name: [each for each in self.answers if each.worker == name] for name in self.names()}
        order = self.rng.permutation([each.worker for each in self.answers])
        return [left[str(name)].pop(0) for name in order]

    def names(self) -> list[str]:
        return sorted({each.worker for each in self.answers})


def stored(alice: Api, slug: str, answers: Sequence[Answer], gold: dict[int, int]) -> Project:
    schema: Any = {"type": "choice", "classes": [{"name": name} for name in CLASSES]}
    project = create_project(owner=alice.user, slug=slug, name=slug, schema=schema, quality={"gold_rate": 0.0})
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"n": n}) for n in range(TASKS)])
    tasks = list(Task.objects.for_project(project).order_by("pk"))
    for name in sorted({each.worker for each in answers}):
        Membership.objects.create(project=project, name=name, role=Role.WORKER)
    worker = {each.name: each for each in Membership.objects.filter(project=project)}
    Response.objects.bulk_create(
        Response(task=tasks[a.task], worker=worker[a.worker], answer=a.label, seconds=a.seconds) for a in answers
    )
    counted = Subquery(Response.objects.filter(task=OuterRef("pk")).values("task").annotate(n=Count("pk")).values("n"))
    Task.objects.for_project(project).update(answers_needed=99, answers_counted=Coalesce(counted, 0))
    GoldAnswer.objects.bulk_create(GoldAnswer(task=tasks[n], answer=label) for n, label in gold.items())
    return project
