"""Votes on tasks that are made of something: they name what it is, or a task that is there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from crowd.batches import BATCH, batches
from crowd.projects.answer_kinds import InvalidData, kind_of
from crowd.projects.models import Project
from tasks.intake.tables import Faults
from tasks.intake.votes import Vote
from tasks.models import Task

Data = Mapping[str, Any]


def on_their_tasks(project: Project, votes: Sequence[Vote]) -> list[Vote]:
    """The votes as ones on their tasks as these are, or will be made by the first vote on each.
    Raises InvalidFile naming the lines of those that can't be."""
    if not kind_of(project).vote_columns:
        return list(votes)
    faults, placed, made = Faults(), list[Vote](), dict[str, Data]()
    for step in batches(votes, BATCH):
        there = _data_of(project, sorted({vote.task for vote in step}))
        for vote in step:
            data = there.get(vote.task) or made.get(vote.task) or vote.data
            if data is None:
                message = _("There is no task {task}; name what it is made of, in columns {columns}.")
                columns = ", ".join(kind_of(project).vote_columns[:2])
                faults.add(vote.line, message.format(task=vote.task, columns=columns), "unknown_task", field="task")
                continue
            made.setdefault(vote.task, data)
            try:
                placed.append(_on(project, vote, data))
            except InvalidData as error:
                faults.add(vote.line, error.detail, error.code, field=error.errors[0].get("field", ""))
    faults.raise_any()
    return placed


def _on(project: Project, vote: Vote, data: Data) -> Vote:
    if vote.data is None:
        return vote
    return replace(vote, answer=kind_of(project).moved(vote.answer, vote.data, data), data=data)


def _data_of(project: Project, names: Sequence[str]) -> dict[str, Data]:
    tasks = Task.objects.for_project(project).filter(external_id__in=names)
    return dict(tasks.values_list("external_id", "data"))
