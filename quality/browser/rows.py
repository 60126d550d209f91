"""A task as lists show it: what it is, what is believed of it, and how many answers it has."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from crowd.projects.models import Project
from quality.labels.listing import LabelRows
from tasks.models import Task
from tasks.models.picture_fields import pictures_named
from tasks.queue.shown import frames_of

OF_TASK = ("external_id", "data", "priority", "purpose")


def tasks_in_order(keys: Sequence[int]) -> list[Task]:
    """The tasks with these keys, each with its label and its picture; those that are there."""
    found = Task.objects.select_related("consensus", "image").in_bulk(list(keys))
    return [found[key] for key in keys if key in found]


class TaskRows:
    """The tasks of a project as rows."""

    def __init__(self, project: Project) -> None:
        self._project, self._labels = project, LabelRows(project)

    def of(self, task: Task) -> dict[str, Any]:
        label = self._labels.of(task)
        del label["task"]
        pictures = self.pictures(task)
        return {
            **{name: getattr(task, name) for name in OF_TASK},
            **label,
            "needed": task.answers_needed,
            "leases": task.leases_live,
            "passed_on": task.passed_on,
            "image": next(iter(pictures.values())) if len(pictures) == 1 else None,
            "pictures": pictures,
            "created_at": task.created_at,
        }

    def pictures(self, task: Task) -> dict[str, dict[str, Any]]:
        """The pictures of a task by their fields, with the size of the upright originals."""
        frames, named = frames_of(task, task.data), pictures_named(task.data)
        url = reverse("task-image", args=[self._project.slug, task.external_id]) if frames else ""
        whole = task.image.sha256 if task.image else ""
        return {
            field: {
                "url": url if len(frames) == 1 else f"{url}?{urlencode({'field': field})}",
                "width": width,
                "height": height,
                "sha256": (sha256 := named.get(field, whole)),
                "original_url": reverse("original", args=[self._project.slug, sha256]),
            }
            for field, (width, height) in frames.items()
        }
