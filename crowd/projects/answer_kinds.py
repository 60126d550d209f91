"""The kinds of answer that a project can ask for, by their names in the contract. Each is a package
of its own (`quality.kinds`), which registers itself when the site starts: nobody else knows what an
answer means."""

from collections.abc import Callable
from typing import Any, Protocol

from crowd.errors import CrowdError, Fault
from crowd.projects.classes import Schema
from crowd.projects.models import Project

Answer = Any  # what one worker gave, as JSON; its meaning is its kind's


class InvalidAnswer(CrowdError):
    """No answer that the project takes; `errors` names the field, which is `answer` where nothing
    else is said."""

    status, code = 400, "invalid_answer"

    def __init__(self, detail: str = "", *, errors: list[Fault] | None = None) -> None:
        super().__init__(detail, errors=errors or [{"field": "answer", "code": self.code, "detail": detail}])


class AnswerKind(Protocol):
    """What the rest of the service needs to know of a kind of answer."""

    def parse(self, value: Any, project: Project) -> Answer:
        """The answer in its stored form. Raises InvalidAnswer."""
        ...

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        """What writes answers of this schema in one line, as people read them; nothing where there
        is no answer."""
        ...

    def asked(self, schema: Schema) -> dict[str, Any]:
        """The schema as the kind's `input.html` and the `mount` of its `control.js` get it."""
        ...

    def keys(self, schema: Schema) -> dict[str, str]:
        """The keys that answer a task, each with what it answers in words."""
        ...


_kinds: dict[str, AnswerKind] = {}


def register(name: str, kind: AnswerKind) -> None:
    """Let projects ask for answers of this kind."""
    _kinds[name] = kind


def kind_of(project: Project) -> AnswerKind:
    """The kind of answer that a project asks for."""
    return _kinds[project.schema["type"]]


def text_of(project: Project) -> Callable[[Answer], str]:
    """What writes the answers of a project in one line."""
    return kind_of(project).text(project.schema)
