from typing import Any

from django.apps import AppConfig
from django.db import transaction

from crowd.projects.signals import member_paused


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        member_paused.connect(hand_back_leases)


def hand_back_leases(*, worker_id: int, **_kwargs: Any) -> None:
    """What a paused worker holds goes to others at once."""
    from tasks.queue.leases import return_leases  # noqa: PLC0415 (needs the models, which are not there yet)

    transaction.on_commit(lambda: return_leases(worker_id))
