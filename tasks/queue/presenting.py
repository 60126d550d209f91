"""What a worker is shown of a task, and of answers to it: where the kind of answer has it so, by
the lot that fell to the two."""

from collections.abc import Mapping
from typing import Any

from crowd.projects.answer_kinds import Answer, kind_of, lot_of, shown_of
from crowd.projects.models import Membership
from tasks.models import Task


def presented_data(worker: Membership, task: Task) -> Mapping[str, Any]:
    """The data of the task, as this worker sees them."""
    return kind_of(worker.project).presented(task.data, lot_of(worker.pk, task.pk))


def shown_to_worker(worker: Membership, task_id: int, answer: Answer) -> Any:
    """A stored answer to the task, as one to what this worker sees."""
    project = worker.project
    return shown_of(project)(kind_of(project).turned(answer, lot_of(worker.pk, task_id)))


def given_by_worker(worker: Membership, task: Task, value: Any) -> Answer:
    """What this worker gave, as it is stored. Raises InvalidAnswer."""
    kind = kind_of(worker.project)
    answer = kind.parse(value, worker.project)
    return kind.fitting(kind.turned(answer, lot_of(worker.pk, task.pk)), task)
