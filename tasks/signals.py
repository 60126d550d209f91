"""What tasks tells whoever listens, without knowing who does."""

from typing import Any, NamedTuple

from django.db import transaction
from django.dispatch import Signal

from crowd.projects.answer_kinds import Answer
from crowd.projects.models import Project

# Sent inside the transaction, with `project` and `answers` ({task id: Gold}), when right answers
# come with the tasks. Receivers return the ids of the tasks whose gold they changed.
gold_given = Signal()

# Sent after the commit, with `project_id`, when answers arrived. Nothing depends on it: it only
# saves a wait.
answers_arrived = Signal()

# Sent inside the transaction, with `project` and `answers` ({task id: answer}), to learn which are
# right where that may be known: in training and in the exam. Receivers return
# {task id: Correction}.
answers_checked = Signal()


# Sent with `task_ids`, of which `regiven` are just getting another right answer, to learn what else
# is kept as an answer to them. Receivers return (task id, answer) pairs.
right_answers = Signal()


def announce_answers(project_id: int) -> None:
    """After the commit, let whoever listens know that there is something new."""
    transaction.on_commit(lambda: answers_arrived.send(sender=None, project_id=project_id), robust=True)


class Correction(NamedTuple):
    """Whether an answer to a task with a known answer is right, and what would have been, and
    why."""

    right: bool
    answer: Answer
    explanation: str


def correct(project: Project, answers: dict[int, Answer]) -> dict[int, Correction]:
    """The corrections of all who know right answers."""
    replies: list[Any] = answers_checked.send(sender=Correction, project=project, answers=answers)
    return {task_id: correction for _receiver, known in replies for task_id, correction in known.items()}
