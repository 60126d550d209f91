"""Right answers: given with the tasks, set or withdrawn by owners. A change takes effect on the next refresh."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.batches import BATCH, batches
from crowd.errors import CrowdError
from crowd.people.models import User, audit
from quality.models import Adjudication, Consensus, GoldAnswer
from quality.storage import store_decision
from quality.training import leave_training, move_to_training
from tasks.answers import Answer, answer_type
from tasks.intake.records import Gold
from tasks.models import Task
from tasks.signals import Correction
from tasks.slots import set_shelf


class NoGold(CrowdError):
    status, code = 404, "no_gold"


class NoAdjudication(CrowdError):
    status, code = 404, "no_adjudication"


def receive_gold(*, answers: dict[int, Gold], **_kwargs: Any) -> set[int]:
    """Store the gold that came with tasks; returns the ids of the tasks for which it is new or different."""
    stored: dict[int, GoldAnswer] = {}
    for batch in batches(list(answers)):
        stored.update({gold.task_id: gold for gold in GoldAnswer.objects.filter(task__in=batch)})
    new, changed = [], []
    for task_id, given in answers.items():
        gold = stored.get(task_id)
        if gold is None:
            new.append(GoldAnswer(task_id=task_id, answer=given.answer, explanation=given.explanation))
        elif (gold.answer, gold.explanation) != (given.answer, given.explanation):
            gold.answer, gold.explanation = given.answer, given.explanation
            changed.append(gold)
    GoldAnswer.objects.bulk_create(new, batch_size=BATCH)
    GoldAnswer.objects.bulk_update(changed, ["answer", "explanation"], batch_size=BATCH)
    for batch in batches([gold.task_id for gold in changed]):
        Task.objects.filter(pk__in=batch).mark_stale()
    return {gold.task_id for gold in new + changed} | _shelve(answers, stored)


def _shelve(answers: dict[int, Gold], before: dict[int, GoldAnswer]) -> set[int]:
    """Put the tasks where their gold belongs, hidden or shown; returns the ids of those that had to be moved."""
    hidden_before = {task_id for task_id, gold in before.items() if not gold.training}
    shown_before = before.keys() - hidden_before
    hide = [task_id for task_id, given in answers.items() if not given.training and task_id not in hidden_before]
    show = [task_id for task_id, given in answers.items() if given.training and task_id not in shown_before]
    for batch in batches(hide):
        leave_training(batch)
        set_shelf(batch, Task.Shelf.GOLD)
    for batch in batches(show):
        move_to_training(batch)
    return {*hide, *show}


def check_answers(*, answers: dict[int, Answer], **_kwargs: Any) -> dict[int, Correction]:
    """Hold answers to gold against what is right."""
    known = GoldAnswer.objects.filter(task__in=answers)
    return {
        gold.task_id: Correction(gold.answer == answers[gold.task_id], gold.answer, gold.explanation) for gold in known
    }


@transaction.atomic
def give_gold(*, task: Task, actor: User, answer: Any, explanation: str = "", training: bool = False) -> GoldAnswer:
    """Make a task gold, hidden or to train on, or change its right answer. Raises InvalidAnswer."""
    answer = answer_type(task.project).parse(answer, task.project)
    receive_gold(answers={task.pk: Gold(answer, explanation, training)})
    if not Adjudication.objects.filter(task=task).exists():
        store_decision(task, answer, Consensus.Source.GOLD)
    audit(actor, "gold.set", f"{task.project.slug}/{task.external_id}", training=training)
    return GoldAnswer.objects.get(task=task)


@transaction.atomic
def withdraw_gold(*, task: Task, actor: User) -> None:
    """Make a gold task ordinary again; the answers it got while it was hidden count from now on. Raises NoGold."""
    leave_training([task.pk])
    deleted, _by_model = GoldAnswer.objects.filter(task=task).delete()
    if not deleted:
        raise NoGold(_("This task is not gold."))
    set_shelf([task.pk], Task.Shelf.WORK)
    audit(actor, "gold.withdrawn", f"{task.project.slug}/{task.external_id}")


@transaction.atomic
def adjudicate(*, task: Task, reviewer: User, answer: Any) -> Adjudication:
    """Decide a task over the heads of its workers. Raises InvalidAnswer."""
    answer = answer_type(task.project).parse(answer, task.project)
    adjudication, _created = Adjudication.objects.update_or_create(
        task=task, defaults={"answer": answer, "reviewer": reviewer}
    )
    store_decision(task, answer, Consensus.Source.ADJUDICATED)
    _announce(task, reviewer, "task.adjudicated", answer=answer)
    return adjudication


@transaction.atomic
def withdraw_adjudication(*, task: Task, reviewer: User) -> None:
    """Let consensus decide again. Raises NoAdjudication."""
    deleted, _by_model = Adjudication.objects.filter(task=task).delete()
    if not deleted:
        raise NoAdjudication(_("This task has not been adjudicated."))
    _announce(task, reviewer, "adjudication.withdrawn")


def _announce(task: Task, actor: User, action: str, **detail: Any) -> None:
    Task.objects.filter(pk=task.pk).mark_stale()
    audit(actor, action, f"{task.project.slug}/{task.external_id}", **detail)
