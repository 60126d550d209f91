"""Answers that come in many at once are made to fit the tasks that they are to."""

from collections.abc import Sequence
from dataclasses import replace

from crowd.batches import batches
from crowd.projects.answer_kinds import InvalidAnswer, kind_of, made_to_fit
from crowd.projects.models import Project
from tasks.intake.tables import Faults
from tasks.intake.votes import Vote
from tasks.models import Task


def subjects_called(project: Project, external_ids: Sequence[str]) -> dict[str, Task]:
    """The tasks of these names, where answers of the project's kind have to fit them."""
    found: dict[str, Task] = {}
    if kind_of(project).refers_to:
        for batch in batches(sorted(set(external_ids))):
            tasks = Task.objects.for_project(project).filter(external_id__in=batch)
            found.update({task.external_id: task for task in tasks.only("external_id", "data", "has_content")})
    return found


AT_ONCE = 1000  # votes whose tasks are in memory together


def fitting_votes(project: Project, votes: Sequence[Vote]) -> list[Vote]:
    """The votes, made to fit the tasks that are there. Raises InvalidFile naming the lines of those
    that can't."""
    if not kind_of(project).refers_to:
        return list(votes)
    faults, fitted = Faults(), list[Vote]()
    for step in batches(votes, AT_ONCE):
        tasks = subjects_called(project, [vote.task for vote in step])
        for vote in step:
            try:
                fitted.append(_fitting(vote, project, tasks.get(vote.task)))
            except InvalidAnswer as error:
                faults.add(vote.line, error.detail, error.code, field="answer")
    faults.raise_any()
    return fitted


def _fitting(vote: Vote, project: Project, task: Task | None) -> Vote:
    return replace(vote, answer=made_to_fit(vote.answer, project, task)) if task else vote
