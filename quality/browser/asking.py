"""Asking for more answers to a task than the project's policy would."""

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit
from tasks.models import Task
from tasks.queue.slots import ask_for_more


class NothingToAsk(CrowdError):
    """The task is gold, which everybody is asked anyway, or only stands for votes gathered
    elsewhere."""

    status, code = 409, "nothing_to_ask"


@transaction.atomic
def ask_again(*, task: Task, actor: User, answers: int) -> None:
    """Ask workers for so many more answers to the task. Raises NothingToAsk."""
    if not ask_for_more([task.pk], answers):
        detail = _("More answers can be asked for to ordinary tasks only, and where there is something to show.")
        raise NothingToAsk(detail)
    audit(actor, "task.asked_again", f"{task.project.slug}/{task.external_id}", answers=answers)
