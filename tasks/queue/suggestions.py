"""What a model predicts, shown to workers as a suggestion. Some leases come without it, to measure
what seeing it does.

Chance decides by worker and task, so that a worker who asks again sees no more than before.
Training and exams test what the worker knows, and show no suggestions.
"""

import random
from collections.abc import Sequence

from crowd.projects.answer_kinds import kind_of
from crowd.projects.models import Project
from tasks.models import Assignment, PreLabel


def suggest(project: Project, leased: Sequence[Assignment]) -> None:
    """Note on new leases what the project's model says of their tasks, and whether the worker is to
    see it. It takes two statements, whatever the tasks are; none where the project shows no
    model."""
    if not (project.shown_model and leased):
        return
    said = PreLabel.objects.filter(task__in=[each.task_id for each in leased], model=project.shown_model)
    predictions, kind = dict(said.values_list("task_id", "prediction")), kind_of(project)
    for each in leased:
        answer = kind.predicted(predictions[each.task_id]) if each.task_id in predictions else None
        each.predicted = {} if answer is None else {"answer": answer}
        each.blind = _chance(each) < project.blind_share
    Assignment.objects.bulk_update(leased, ["predicted", "blind"])


def _chance(lease: Assignment) -> float:
    return random.Random(f"{lease.worker_id} {lease.task_id}").random()  # noqa: S311 (nobody has to guess it)
