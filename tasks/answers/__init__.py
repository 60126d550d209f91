"""The kinds of answer a project can ask for: one module each, registered here by its name in the contract."""

from typing import Any, Protocol

from crowd.projects.models import Project
from crowd.projects.schema import Schema
from tasks.answers import choice

Answer = Any  # What one worker gave, as JSON; its meaning is its type's.


class AnswerType(Protocol):
    """What the rest of the service needs to know of a kind of answer."""

    def parse(self, value: Any, project: Project) -> Answer:
        """The answer in its stored form. Raises InvalidAnswer."""
        ...

    def asked(self, schema: Schema) -> dict[str, Any]:
        """The schema as the kind's `input.html` and the `mount` of its `control.js` get it."""
        ...

    def keys(self, schema: Schema) -> dict[str, str]:
        """The keys that answer a task, each with what it answers in words."""
        ...


TYPES: dict[str, AnswerType] = {"choice": choice.Choice()}


def answer_type(project: Project) -> AnswerType:
    return TYPES[project.schema["type"]]
