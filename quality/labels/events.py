"""Telling programs what became of tasks: events for those whose state has changed, within the
transaction that changes it."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from crowd.batches import batches
from crowd.projects.models import Project
from crowd.webhooks.events import record
from crowd.webhooks.models import Webhook
from quality.kinds.protocol import consensus_kind
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
            record(project, kind, _payloads(project, changed))
    reopened = stored.some((was == SETTLED) & (stored.states != SETTLED))
    if len(reopened) and is_heard(project):
        record(project, "label.reopened", _payloads(project, reopened))


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
        record(project, "label.settled", [_Payload(project).of(task.external_id, content)])


def _payloads(project: Project, stored: InferredLabels) -> list[dict[str, object]]:
    names = dict(Task.objects.filter(pk__in=stored.task_ids.tolist()).values_list("pk", "external_id"))
    payload = _Payload(project)
    return [payload.of(names[task_id], content) for task_id, content in stored.contents]


class _Payload:
    """What programs are told of the labels of a project."""

    def __init__(self, project: Project) -> None:
        kind = consensus_kind(project)
        self._shown, self._detail, self._detail_name = (
            kind.shown(project.schema),
            kind.detail(project.schema),
            kind.detail_name,
        )

    def of(self, task: str, content: Content) -> dict[str, object]:
        return {
            "task": task,
            "label": self._shown(content.label),
            "confidence": content.confidence,
            self._detail_name: self._detail(content.detail),
            "responses": content.responses,
            "source": content.source,
        }
