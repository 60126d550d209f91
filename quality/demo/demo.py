"""What a demo project is made of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoTask:
    """A task and what is right; `picture` is a file, if it shows one."""

    name: str
    answer: Any
    data: Mapping[str, Any] = field(default_factory=dict)
    picture: bytes | None = None
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Demo:
    """A project of one kind of answer. Answers are as programs send them; `name` and `instructions`
    are in the reader's language when the project is made."""

    kind: str
    slug: str
    name: Any
    instructions: Any
    schema: Mapping[str, Any]
    tasks: Callable[[], Iterable[DemoTask]]

    def truth(self) -> dict[str, Any]:
        """What is right of each task, for simulated workers and for checking labels."""
        return {task.name: task.answer for task in self.tasks()}
