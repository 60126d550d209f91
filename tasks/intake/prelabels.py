"""Predictions of models: logits, probabilities or an answer become a distribution over the
classes."""

import math
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.batches import BATCH, batches
from crowd.projects.answer_kinds import InvalidAnswer, kind_of
from crowd.projects.class_names import class_called
from crowd.projects.models import Project
from tasks.errors import TaskNotFound
from tasks.intake.records import Outcome, tasks_by_external_id
from tasks.models import PreLabel, Task

KINDS = ("logits", "probabilities", "answer")
SUM_TOLERANCE = 1e-3


def distribution_of(prediction: dict[str, Any], project: Project, *, field: str) -> dict[str, float]:
    """A prediction as probabilities by class name. Raises InvalidAnswer naming the field."""
    given = [kind for kind in KINDS if kind in prediction]
    if len(given) != 1:
        raise _invalid(field, _("Give exactly one of logits, probabilities and answer."))
    kind = given[0]
    if kind == "answer":
        try:
            return {kind_of(project).parse(prediction["answer"], project): 1.0}
        except InvalidAnswer as error:
            raise _invalid(f"{field}.answer", error.detail) from error
    names = project.class_names
    values: dict[str, float] = {class_called(name, names) or name: value for name, value in prediction[kind].items()}
    if not values:
        raise _invalid(f"{field}.{kind}", _("Give a value for at least one class."))
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise _invalid(f"{field}.{kind}", _("Not classes of this project: {names}.").format(names=", ".join(unknown)))
    if not all(math.isfinite(value) for value in values.values()):
        raise _invalid(f"{field}.{kind}", _("Every value must be a finite number."))
    if kind == "logits":
        return _softmax(values)
    if abs(sum(values.values()) - 1) > SUM_TOLERANCE:
        raise _invalid(f"{field}.{kind}", _("The probabilities must add up to 1."))
    return values


def _softmax(logits: dict[str, float]) -> dict[str, float]:
    top = max(logits.values())
    weights = {name: math.exp(value - top) for name, value in logits.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _invalid(field: str, detail: str) -> InvalidAnswer:
    return InvalidAnswer(f"{field}: {detail}", errors=[{"field": field, "code": "invalid_answer", "detail": detail}])


def mark_predicted_stale(task_ids: Sequence[int]) -> None:
    """A prediction is a vote: what was judged without it, or is just being judged, has to be judged
    again."""
    for batch in batches(task_ids):
        Task.objects.filter(pk__in=batch).mark_stale()


@transaction.atomic
def add_prelabels(project: Project, model: str, predictions: dict[str, dict[str, float]]) -> Outcome:
    """Store a model's predictions, by external id of task; a later one replaces the earlier. Raises
    TaskNotFound."""
    tasks = tasks_by_external_id(project, list(predictions))
    missing = [external_id for external_id in predictions if external_id not in tasks]
    if missing:
        detail = _("There is no task {task} in this project.").format(task=missing[0])
        field = f"predictions.{list(predictions).index(missing[0])}.task"
        raise TaskNotFound(detail, errors=[{"field": field, "code": TaskNotFound.code, "detail": detail}])
    stored = {p.task_id: p for p in PreLabel.objects.filter(task__in=tasks.values(), model=model)}
    new, changed = [], []
    for external_id, distribution in predictions.items():
        task = tasks[external_id]
        earlier = stored.get(task.pk)
        if earlier is None:
            new.append(PreLabel(task=task, model=model, distribution=distribution))
        elif earlier.distribution != distribution:
            earlier.distribution = distribution
            changed.append(earlier)
    PreLabel.objects.bulk_create(new, batch_size=BATCH)
    PreLabel.objects.bulk_update(changed, ["distribution"], batch_size=BATCH)
    mark_predicted_stale([prelabel.task_id for prelabel in new + changed])
    return Outcome(created=len(new), updated=len(changed), unchanged=len(predictions) - len(new) - len(changed))
