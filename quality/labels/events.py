"""Telling programs what became of tasks: events for those whose state has changed, within the
transaction that changes it."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from crowd.batches import batches
from crowd.projects.models import Project
from crowd.webhooks.events import record
from crowd.webhooks.models import Webhook
from quality.labels.inferred import Content, InferredLabels
from quality.models import Consensus
from tasks.models import Task

SETTLED = Consensus.State.SETTLED.value
KINDS = {Consensus.State.SETTLED: "label.settled", Consensus.State.DISPUTED: "task.disputed"}


def is_heard(project: Project) -> bool:
    """Whether anybody is told anything."""
    return Webhook.objects.filter(project=project, active=True).exists()


def states_before(task_ids: Sequence[int]) -> dict[int, str]:
    """What these tasks are called before labels are stored."""
    return {
        task_id: state
        for batch in batches(task_ids)
        for task_id, state in Consensus.objects.filter(pk__in=batch).values_list("pk", "state")
    }


def announce(project: Project, before: Mapping[int, str], stored: InferredLabels) -> None:
    """Record an event for each task that is settled or disputed now, and was not before; and for
    each that was settled and is not now."""
    was = np.array([before.get(task_id, "") for task_id in stored.task_ids.tolist()], dtype=object)
    for state, kind in KINDS.items():
        changed = stored.some((stored.states == state.value) & (was != state.value))
        if len(changed) and is_heard(project):
            record(project, kind, _payloads(changed))
    reopened = stored.some((was == SETTLED) & (stored.states != SETTLED))
    if len(reopened) and is_heard(project):
        record(project, "label.reopened", _payloads(reopened))


def announce_unanswered(project: Project, labels: Iterable[Consensus]) -> None:
    """The same for tasks that have no label any more: every answer was taken back or declared
    worthless."""
    settled = [label.task_id for label in labels if label.state == SETTLED]
    if settled and is_heard(project):
        names = Task.objects.filter(pk__in=settled).order_by("pk").values_list("external_id", flat=True)
        record(project, "label.reopened", [{"task": name, "label": None, "responses": 0} for name in names])


def announce_decision(project: Project, task: Task, before: str, content: Content) -> None:
    """The same for a task that a person has decided."""
    if before != content.state:
        record(project, "label.settled", [_payload(task.external_id, content, project.class_names)])


def _payloads(stored: InferredLabels) -> list[dict[str, object]]:
    names = dict(Task.objects.filter(pk__in=stored.task_ids.tolist()).values_list("pk", "external_id"))
    return [_payload(names[task_id], content, stored.names) for task_id, content in stored.contents]


def _payload(task: str, content: Content, names: Sequence[str]) -> dict[str, object]:
    return {
        "task": task,
        "label": content.label,
        "confidence": content.confidence,
        "distribution": dict(zip(names, content.distribution, strict=True)),
        "responses": content.responses,
        "source": content.source,
    }
