"""The kinds of answer a project can ask for: one module each, registered here by its name in the contract."""

from typing import Any, Protocol

from crowd.projects.models import Project
from tasks.answers import choice

Answer = Any  # What one worker gave, as JSON; its meaning is its type's.


class AnswerType(Protocol):
    """What the rest of the service needs to know of a kind of answer."""

    def parse(self, value: Any, project: Project) -> Answer:
        """The answer in its stored form. Raises InvalidAnswer."""
        ...


TYPES: dict[str, AnswerType] = {"choice": choice.Choice()}


def answer_type(project: Project) -> AnswerType:
    return TYPES[project.schema["type"]]
