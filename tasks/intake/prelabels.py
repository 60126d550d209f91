"""Predictions of models, on their way in: each as the project's kind of answer keeps it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.batches import BATCH, batches
from crowd.projects.answer_kinds import InvalidAnswer, Prediction, kind_of, made_to_fit
from crowd.projects.models import Project
from tasks.errors import TaskNotFound
from tasks.intake.records import Outcome, tasks_by_external_id
from tasks.models import PreLabel, Task


def read_prediction(given: Mapping[str, Any], project: Project, *, field: str) -> Prediction:
    """A prediction as it is stored. Raises InvalidAnswer naming what is at fault within the
    field."""
    with _named(field):
        return kind_of(project).prediction(given, project)


@contextmanager
def _named(field: str) -> Iterator[None]:
    """What is at fault in there, by its path from here."""
    try:
        yield
    except InvalidAnswer as error:
        within = error.errors[0].get("field", "")
        path = f"{field}.{within}" if within else field
        fault = {"field": path, "code": error.code, "detail": error.detail}
        raise InvalidAnswer(f"{path}: {error.detail}", errors=[fault]) from error


def mark_predicted_stale(task_ids: Sequence[int]) -> None:
    """A prediction is a vote: what was judged without it, or is just being judged, has to be judged
    again."""
    for batch in batches(task_ids):
        Task.objects.filter(pk__in=batch).mark_stale()


def _fitting(
    project: Project, predictions: Mapping[str, Prediction], tasks: Mapping[str, Task]
) -> Mapping[str, Prediction]:
    """The predictions, made to fit their tasks. Raises InvalidAnswer naming the one that can't."""
    if not kind_of(project).refers_to:
        return predictions
    fitted = {}
    for place, (external_id, prediction) in enumerate(predictions.items()):
        with _named(f"predictions.{place}"):
            fitted[external_id] = made_to_fit(prediction, project, tasks[external_id])
    return fitted


@transaction.atomic
def add_prelabels(project: Project, model: str, predictions: Mapping[str, Prediction]) -> Outcome:
    """Store a model's predictions, by external id of task; a later one replaces the earlier. Raises
    TaskNotFound."""
    tasks = tasks_by_external_id(project, list(predictions))
    missing = [external_id for external_id in predictions if external_id not in tasks]
    if missing:
        detail = _("There is no task {task} in this project.").format(task=missing[0])
        field = f"predictions.{list(predictions).index(missing[0])}.task"
        raise TaskNotFound(detail, errors=[{"field": field, "code": TaskNotFound.code, "detail": detail}])
    predictions = _fitting(project, predictions, tasks)
    stored = {p.task_id: p for p in PreLabel.objects.filter(task__in=tasks.values(), model=model)}
    new, changed = [], []
    for external_id, prediction in predictions.items():
        task = tasks[external_id]
        earlier = stored.get(task.pk)
        if earlier is None:
            new.append(PreLabel(task=task, model=model, prediction=prediction))
        elif earlier.prediction != prediction:
            earlier.prediction = prediction
            changed.append(earlier)
    PreLabel.objects.bulk_create(new, batch_size=BATCH)
    PreLabel.objects.bulk_update(changed, ["prediction"], batch_size=BATCH)
    mark_predicted_stale([prelabel.task_id for prelabel in new + changed])
    return Outcome(created=len(new), updated=len(changed), unchanged=len(predictions) - len(new) - len(changed))
