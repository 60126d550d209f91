"""How people recognise a task."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasks.models import Task

TEXT_SHOWN = 280


@dataclass(frozen=True, slots=True)
class TaskFace:
    """How a task is recognised: its id, and its picture or the beginning of its text."""

    external_id: str
    has_image: bool
    text: str

    @classmethod
    def of(cls, task: Task) -> "TaskFace":
        return cls(task.external_id, task.image_id is not None, _first_text(task.data))


def _first_text(data: Mapping[str, Any]) -> str:
    text = data.get("text") or next((value for value in data.values() if isinstance(value, str)), "")
    text = str(text)
    return text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + "…"
