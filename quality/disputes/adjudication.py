"""What reviewers decide over the heads of workers. A decision stands above everything else until it
is taken back; what was decided, and what was believed until then, is kept for good."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.projects.answer_kinds import Answer, parsed, shown_of
from quality.exhaustion.sifting import weigh
from quality.gold.giving import Origin, receive_gold, withdraw_gold
from quality.labels.storage import changing, lock_labels, store_decision
from quality.labels.summaries import moved
from quality.models import Adjudication, AdjudicationEvent, Consensus, GoldAnswer
from tasks.intake.records import Gold
from tasks.models import Task

TOLD = ("confidence", "source")  # of it in the audit trail, beside the label
BELIEVED = ("label", "confidence", "detail", "responses", "state", "source")

Action = AdjudicationEvent.Action
Believed = dict[str, Any] | None


class NoAdjudication(CrowdError):
    status, code = 404, "no_adjudication"


class DecidedMeanwhile(CrowdError):
    status, code = 409, "decided_meanwhile"


@transaction.atomic
def adjudicate(
    *, task: Task, reviewer: User, answer: Any, gold: bool = False, explanation: str = "", seen: str | None = None
) -> Adjudication:
    """Decide a task over the heads of its workers, and make it gold if so wished; gold that an
    earlier decision made goes with that. Who decides the same again changes nothing.

    seen: the version of the decision that the reviewer looked at, empty if there was none. Left
        out, whatever stands is overruled.
    Raises InvalidAnswer, DecidedMeanwhile.
    """
    answer = parsed(answer, task.project, task)
    lock_labels(task.project)
    if standing := _standing(task, reviewer, answer, gold, explanation):
        return standing
    if other := _decided_meanwhile_by(task, seen):
        text = _("{task} was decided by {name} meanwhile. Your decision is not stored.")
        raise DecidedMeanwhile(text.format(task=task.external_id, name=other))
    believed = _believed(task)
    adjudication, _created = Adjudication.objects.update_or_create(
        task=task, defaults={"answer": answer, "reviewer": reviewer, "created_at": Now()}
    )
    if gold:
        _make_gold(task, answer, explanation)
    elif _made_gold(task):
        withdraw_gold(task=task, actor=reviewer)
    store_decision(task, answer, Consensus.Source.ADJUDICATED)
    _record(task, reviewer, Action.DECIDED, answer, gold, believed, explanation)
    shown = shown_of(task.project)
    before = believed and {"label": shown(believed["label"]), **{each: believed[each] for each in TOLD}}
    audit(reviewer, "task.adjudicated", _subject(task), answer=shown(answer), gold=gold, believed=before)
    adjudication.refresh_from_db(fields=["created_at"])
    return adjudication


@transaction.atomic
def withdraw_adjudication(*, task: Task, reviewer: User, seen: str | None = None) -> None:
    """Let consensus decide again; the task is no longer gold, if the decision had made it so. What
    was believed before is shown until the next refresh. `seen` as in `adjudicate`. Raises
    NoAdjudication, DecidedMeanwhile."""
    lock_labels(task.project)
    adjudication = Adjudication.objects.filter(task=task).first()
    if adjudication is None:
        raise NoAdjudication(_("No decision stands on {task}.").format(task=task.external_id))
    if other := _decided_meanwhile_by(task, seen):
        text = _("{task} was decided anew by {name} meanwhile. That decision stands: nothing was taken back.")
        raise DecidedMeanwhile(text.format(task=task.external_id, name=other))
    before = _first_of_those_that_stand(task)
    adjudication.delete()
    made_gold = _made_gold(task)
    if made_gold:
        withdraw_gold(task=task, actor=reviewer)
    _record(task, reviewer, Action.WITHDRAWN, adjudication.answer, made_gold, _believed(task))
    if before and before.believed and before.believed["source"] == Consensus.Source.CONSENSUS:
        _show_again(task, before.believed)
    weigh(task.project, [task.pk])
    answer = shown_of(task.project)(adjudication.answer)
    audit(reviewer, "adjudication.withdrawn", _subject(task), answer=answer, gold=made_gold)


def _first_of_those_that_stand(task: Task) -> AdjudicationEvent | None:
    """The decision that was made when none stood: later ones replaced it."""
    decided = task.adjudication_events.filter(action=Action.DECIDED)
    withdrawn = task.adjudication_events.filter(action=Action.WITHDRAWN).order_by("-pk").values_list("pk", flat=True)
    return decided.filter(pk__gt=withdrawn.first() or 0).order_by("pk").first()


def history_of(task: Task, at_most: int) -> list[AdjudicationEvent]:
    """What was decided about a task and taken back, the latest first."""
    return list(task.adjudication_events.select_related("actor").order_by("-pk")[:at_most])


def _standing(task: Task, reviewer: User, answer: Answer, gold: bool, explanation: str) -> Adjudication | None:
    """The decision that stands, if it is this one in every respect."""
    decision = Adjudication.objects.filter(task=task, reviewer=reviewer).first()
    last = task.adjudication_events.order_by("-pk").first()
    if decision is None or last is None or decision.answer != answer:
        return None
    known = GoldAnswer.objects.filter(task=task).values_list("answer", flat=True).first()
    still_gold = known == answer if gold else _made_gold(task)
    return decision if (last.gold, still_gold, last.explanation) == (gold, gold, explanation) else None


def _decided_meanwhile_by(task: Task, seen: str | None) -> str:
    """Whose decision stands that the reviewer has not seen, if there is one. Of two who decide at
    once the first one's stands: call it with the labels locked."""
    decision = Adjudication.objects.filter(task=task).select_related("reviewer").first()
    if seen is None or decision is None or decision.version == seen:
        return ""
    return decision.reviewer.email if decision.reviewer else _("somebody")


def _made_gold(task: Task) -> bool:
    return GoldAnswer.objects.filter(task=task, origin=Origin.ADJUDICATED).exists()


def _make_gold(task: Task, answer: Answer, explanation: str) -> None:
    """Gold that was there before stays whose it was, and where workers find it."""
    stored = GoldAnswer.objects.filter(task=task).first()
    origin = stored.origin if stored else Origin.ADJUDICATED
    explanation = explanation or (stored.explanation if stored else "")
    training = stored is not None and stored.training
    receive_gold(answers={task.pk: Gold(answer, explanation, training)}, origin=origin)


def _believed(task: Task) -> Believed:
    return Consensus.objects.filter(task=task).values(*BELIEVED).first()


def _show_again(task: Task, believed: dict[str, Any]) -> None:
    with changing(task.project) as summary:
        before = list(Consensus.objects.filter(task=task))
        Consensus.objects.filter(task=task).update(**believed)
        after = list(Consensus.objects.filter(task=task))
        summary.progress = moved(task.project, summary.progress, before, after, 0)


def _record(
    task: Task, actor: User, action: str, answer: Answer, gold: bool, believed: Believed, explanation: str = ""
) -> None:
    """Keep it for good, and have the next refresh work the task out anew."""
    AdjudicationEvent.objects.create(
        task=task, actor=actor, action=action, answer=answer, gold=gold, believed=believed, explanation=explanation
    )
    Task.objects.filter(pk=task.pk).mark_stale()


def _subject(task: Task) -> str:
    return f"{task.project.slug}/{task.external_id}"
