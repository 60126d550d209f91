from typing import Any

from django.apps import AppConfig
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import pre_delete

from crowd.projects.signals import member_paused


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        pre_delete.connect(delete_files, sender="projects.Project")
        member_paused.connect(hand_back_leases)


def delete_files(*, instance: Any, **_kwargs: Any) -> None:
    """When a project is gone for good, so are its pictures and the uploads nobody has read yet."""
    names = [*instance.images.values_list("file", flat=True), *instance.imports.values_list("file", flat=True)]

    def delete() -> None:
        for name in filter(None, names):
            default_storage.delete(name)

    transaction.on_commit(delete)


def hand_back_leases(*, worker_id: int, **_kwargs: Any) -> None:
    """What a paused worker holds goes to others at once."""
    from tasks.queue import return_leases  # noqa: PLC0415 (needs the models, which are not there yet)

    transaction.on_commit(lambda: return_leases(worker_id))
