"""Right answers: given with the tasks or in a table, set, corrected or withdrawn by owners. A
change takes effect on the next refresh, which scores everybody anew."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.batches import BATCH, batches
from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.projects.answer_kinds import Answer, is_right, parsed, shown_of
from crowd.projects.models import Project
from quality.gold.training import leave_training, move_to_training
from quality.labels.requests import request_refresh
from quality.labels.storage import lock_labels, store_decision
from quality.models import Adjudication, Consensus, GoldAnswer
from tasks.intake.records import Gold
from tasks.models import Response, Task
from tasks.queue.purposes import set_purpose
from tasks.signals import Correction

Origin = GoldAnswer.Origin


class NoGold(CrowdError):
    status, code = 404, "no_gold"


def stored_gold(task_ids: Collection[int]) -> dict[int, GoldAnswer]:
    """The gold among these tasks, by task."""
    found: dict[int, GoldAnswer] = {}
    for batch in batches(sorted(task_ids)):
        found.update({gold.task_id: gold for gold in GoldAnswer.objects.filter(task__in=batch)})
    return found


def receive_gold(*, answers: dict[int, Gold], origin: str = Origin.GIVEN, **_kwargs: Any) -> set[int]:
    """Store gold, such as came with tasks; returns the ids of the tasks for which it is new or
    different."""
    stored = stored_gold(answers)
    added = answers.keys() - stored.keys()
    drawn = added - _answered(added) if origin == Origin.GIVEN else set()
    new = [_new(task_id, answers[task_id], origin, drawn=task_id in drawn) for task_id in answers if task_id in added]
    changed = [gold for task_id, gold in stored.items() if _change(gold, answers[task_id], origin)]
    GoldAnswer.objects.bulk_create(new, batch_size=BATCH)
    fields = ["answer", "explanation", "origin", "doubt", "confirmed_at"]
    GoldAnswer.objects.bulk_update(changed, fields, batch_size=BATCH)
    for batch in batches([gold.task_id for gold in changed]):
        Task.objects.filter(pk__in=batch).mark_stale()
    return {gold.task_id for gold in new + changed} | _shelve(answers, stored)


def _answered(task_ids: Collection[int]) -> set[int]:
    """Those of the tasks that anybody has answered."""
    found: set[int] = set()
    for batch in batches(sorted(task_ids)):
        found.update(Response.objects.filter(task__in=batch).values_list("task_id", flat=True))
    return found


def _new(task_id: int, given: Gold, origin: str, *, drawn: bool) -> GoldAnswer:
    return GoldAnswer(task_id=task_id, answer=given.answer, explanation=given.explanation, origin=origin, drawn=drawn)


def _change(gold: GoldAnswer, given: Gold, origin: str) -> bool:
    """Make gold what is given now, and say whether it was something else. What was found out about
    another answer is forgotten with it."""
    if (gold.answer, gold.explanation, gold.origin) == (given.answer, given.explanation, origin):
        return False
    if gold.answer != given.answer:
        gold.doubt, gold.confirmed_at = None, None
    gold.answer, gold.explanation, gold.origin = given.answer, given.explanation, origin
    return True


def _shelve(answers: dict[int, Gold], before: dict[int, GoldAnswer]) -> set[int]:
    """Put the tasks where their gold belongs, hidden or shown; returns the ids of those that had to
    be moved."""
    hidden_before = {task_id for task_id, gold in before.items() if not gold.training}
    shown_before = before.keys() - hidden_before
    hide = [task_id for task_id, given in answers.items() if not given.training and task_id not in hidden_before]
    show = [task_id for task_id, given in answers.items() if given.training and task_id not in shown_before]
    for batch in batches(hide):
        leave_training(batch)
        set_purpose(batch, Task.Purpose.GOLD)
    for batch in batches(show):
        move_to_training(batch)
    return {*hide, *show}


def check_answers(*, project: Project, answers: dict[int, Answer], **_kwargs: Any) -> dict[int, Correction]:
    """Hold answers to gold against what is right."""
    return {
        gold.task_id: Correction(is_right(project, answers[gold.task_id], gold.answer), gold.answer, gold.explanation)
        for gold in GoldAnswer.objects.filter(task__in=answers)
    }


def kept_answers(*, task_ids: Collection[int], regiven: Collection[int], **_kwargs: Any) -> list[tuple[int, Answer]]:
    """The gold of these tasks that is not given anew, and what was decided of them."""
    gold = GoldAnswer.objects.filter(task__in=task_ids).exclude(task__in=regiven)
    decided = Adjudication.objects.filter(task__in=task_ids)
    return [*gold.values_list("task_id", "answer"), *decided.values_list("task_id", "answer")]


@transaction.atomic
def give_gold(*, task: Task, actor: User, answer: Any, explanation: str = "", training: bool = False) -> GoldAnswer:
    """Make a task gold, hidden or to train on, or change its right answer. Raises InvalidAnswer."""
    answer = parsed(answer, task.project, task)
    lock_labels(task.project)
    before = stored_gold([task.pk]).get(task.pk)
    receive_gold(answers={task.pk: Gold(answer, explanation, training)})
    if not Adjudication.objects.filter(task=task).exists():
        store_decision(task, answer, Consensus.Source.GOLD)
    shown = shown_of(task.project)
    told = {"answer": shown(answer), "training": training, "before": shown(before.answer) if before else None}
    audit(actor, "gold.set", f"{task.project.slug}/{task.external_id}", **told)
    return GoldAnswer.objects.get(task=task)


@transaction.atomic
def correct_gold(*, task: Task, actor: User, answer: Any) -> GoldAnswer:
    """Give gold another right answer, and leave the rest as it is; everybody is scored anew. Raises
    NoGold, InvalidAnswer."""
    gold = _gold_of(task)
    corrected = give_gold(task=task, actor=actor, answer=answer, explanation=gold.explanation, training=gold.training)
    transaction.on_commit(lambda: request_refresh(task.project))
    return corrected


@transaction.atomic
def confirm_gold(*, task: Task, actor: User) -> GoldAnswer:
    """Somebody has looked at suspect gold and finds it right: nobody is asked about it again.
    Raises NoGold."""
    gold = _gold_of(task)
    GoldAnswer.objects.filter(pk=gold.pk).update(confirmed_at=Now())
    told = {"answer": shown_of(task.project)(gold.answer), "doubt": gold.doubt}
    audit(actor, "gold.confirmed", f"{task.project.slug}/{task.external_id}", **told)
    return _gold_of(task)


def _gold_of(task: Task) -> GoldAnswer:
    gold = GoldAnswer.objects.filter(task=task).first()
    if gold is None:
        raise NoGold(_("This task is not gold."))
    return gold


@transaction.atomic
def withdraw_gold(*, task: Task, actor: User) -> None:
    """Make a gold task ordinary again; the answers it got while it was hidden count from now on.
    Raises NoGold."""
    gold = _gold_of(task)
    _withdraw(GoldAnswer.objects.filter(pk=gold.pk))
    audit(
        actor, "gold.withdrawn", f"{task.project.slug}/{task.external_id}", answer=shown_of(task.project)(gold.answer)
    )


@transaction.atomic
def withdraw_promoted(*, project: Project, actor: User) -> int:
    """Make everything ordinary again that was promoted and not given otherwise since; says how many
    tasks that was."""
    withdrawn = _withdraw(GoldAnswer.objects.filter(task__project=project, origin=Origin.PROMOTED))
    if withdrawn:
        audit(actor, "gold.promotion_withdrawn", project.slug, tasks=withdrawn)
        transaction.on_commit(lambda: request_refresh(project))
    return withdrawn


def _withdraw(golds: QuerySet[GoldAnswer]) -> int:
    task_ids = sorted(golds.values_list("task_id", flat=True))
    for batch in batches(task_ids):
        leave_training(batch)
        GoldAnswer.objects.filter(task__in=batch).delete()
        set_purpose(batch, Task.Purpose.WORK)
    return len(task_ids)
