"""Tasks, who may answer them until when, and what was answered. What must never happen is a
constraint here."""

from tasks.models.assignments import Assignment, ClosedLease, new_token
from tasks.models.images import IMAGE, Image
from tasks.models.imports import Import
from tasks.models.predictions import PreLabel
from tasks.models.queue_states import QueueState
from tasks.models.reordering import Reordering
from tasks.models.responses import Response, ResponseQuerySet
from tasks.models.tasks import MOST_URGENT, Microseconds, Task, TaskPicture, TaskQuerySet

__all__ = [
    "IMAGE",
    "MOST_URGENT",
    "Assignment",
    "ClosedLease",
    "Image",
    "Import",
    "Microseconds",
    "PreLabel",
    "QueueState",
    "Reordering",
    "Response",
    "ResponseQuerySet",
    "Task",
    "TaskPicture",
    "TaskQuerySet",
    "new_token",
]
