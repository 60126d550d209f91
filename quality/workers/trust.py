"""Whom a project can trust: a sequential test on gold decides, and what the owner wants done about
it is done.

A pause that comes right after a test would tell which task was the test. So a decision takes effect
only some answers later; how many is drawn for each decision, by a key that workers don't have.
Whoever resumes a worker forgives the gold answers so far: only later ones can pause the worker
again. Nothing here is read by what works out labels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from crowd.batches import BATCH
from crowd.people.models import audit
from crowd.projects.models import Membership, OnUnreliable, Project
from crowd.projects.pausing import pause
from crowd.webhooks.events import record
from quality.answers.priors import priors_of
from quality.kinds.protocol import consensus_kind
from quality.models import Standing, Summary, Voiding, WorkerScore
from quality.reliability import Verdict, gold_verdicts
from quality.workers.voiding import VoidingUnderWay, request_voiding

SOONEST, LATEST = 5, 25  # answers after a decision, between which it takes effect
PATIENCE = timedelta(hours=1)  # after which it does even if no more answers come
AT_ONCE = timedelta(days=1)  # who is paused within this time is paused together with others

FLAG = "unreliable"
ALARM = "standings"

Status = Membership.Status
UNRELIABLE = Standing.Verdict.UNRELIABLE
Floats = npt.NDArray[np.float64]

VERDICTS = {
    Verdict.RELIABLE: Standing.Verdict.RELIABLE,
    Verdict.UNKNOWN: Standing.Verdict.UNKNOWN,
    Verdict.UNRELIABLE: Standing.Verdict.UNRELIABLE,
}
STORED = [field.name for field in Standing._meta.fields if not field.primary_key]


def decisions_to_act_on() -> Q:
    """Of projects: that something decided is waiting only for more answers, and none have come for
    long."""
    waiting = Standing.objects.filter(
        worker__project=OuterRef("pk"),
        worker__status=Status.ACTIVE,
        worker__user__isnull=False,
        verdict=UNRELIABLE,
        acted_at=None,
        decided_at__lt=Now() - PATIENCE,
    )
    held_back = Q(on_unreliable=OnUnreliable.FLAG) | Q(summary__alarm__has_key=ALARM)
    return Q(Exists(waiting)) & ~held_back


@dataclass(frozen=True, slots=True)
class Worker:
    """Whose standing it is. Imported voters and models have no account: there is nobody to
    pause."""

    status: str
    has_account: bool
    voided: bool  # all answers up to some time are declared worthless, and are in no score

    @property
    def active(self) -> bool:
        return self.has_account and self.status == Status.ACTIVE


def act_on_standings(project: Project, scores: Sequence[WorkerScore]) -> None:
    """Decide about the workers that a fit has scored, and do about it what the owner wants done.

    Each step leaves everything consistent: this may be killed, and run again, twice at once or
    late.
    """
    now = Project.objects.values_list(Now(), flat=True).get(pk=project.pk)
    workers = _workers(project)
    scored = [score for score in scores if score.worker_id in workers]
    standings = _decide(project, scored, workers, now)
    _flag(scored, standings)
    suspects = [s for s in scored if standings[s.worker_id].verdict == UNRELIABLE and workers[s.worker_id].active]
    alarm = _alarm(suspects, standings, workers, now) if project.on_unreliable != OnUnreliable.FLAG else {}
    _keep_alarm(project, alarm)
    if alarm or project.on_unreliable == OnUnreliable.FLAG:
        return
    for score in suspects:
        if _in_effect(standings[score.worker_id], score, now):
            _suspend(project, score.worker_id)


def judge(right: Floats, seen: Floats, prior: tuple[Floats, Floats], chance: float) -> list[Standing.Verdict]:
    """Verdicts on workers who were right on `right` of `seen` gold answers, with what was known of
    them before, where a guess is right with probability `chance`."""
    return [VERDICTS[Verdict(each)] for each in gold_verdicts(right, seen, chance, prior=prior).tolist()]


def _workers(project: Project) -> dict[int, Worker]:
    last = Voiding.objects.filter(worker=OuterRef("pk")).order_by("-pk").values("action")[:1]
    rows = project.memberships.workers().values_list("pk", "status", "user_id", Subquery(last))
    return {
        pk: Worker(status, has_account=user is not None, voided=action == Voiding.Action.VOID)
        for pk, status, user, action in rows
    }


@transaction.atomic
def _decide(
    project: Project, scores: Sequence[WorkerScore], workers: Mapping[int, Worker], now: datetime
) -> dict[int, Standing]:
    """The standing of each worker; of those that are scored, judged anew, and stored where it is
    another than before. Of whom nothing stands any more, what was found stands."""
    rows = Standing.objects.filter(worker__project=project)
    stored = {each.worker_id: each for each in rows if each.worker_id in workers}
    standings = [stored.get(score.worker_id) or Standing(worker_id=score.worker_id) for score in scores]
    before = [_content(standing) for standing in standings]
    for standing, score in zip(standings, scores, strict=True):
        _note_people(standing, score, workers[score.worker_id], now)
    for standing, score, verdict in zip(standings, scores, _verdicts(project, standings, scores, workers), strict=True):
        _note_verdict(standing, score, verdict, now)
    changed = [each for each, old in zip(standings, before, strict=True) if _content(each) != old]
    Standing.objects.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, unique_fields=["worker"], update_fields=STORED
    )
    return stored | {standing.worker_id: standing for standing in standings}


def _content(standing: Standing) -> list[object]:
    return [getattr(standing, name) for name in STORED]


def _verdicts(
    project: Project, standings: Sequence[Standing], scores: Sequence[WorkerScore], workers: Mapping[int, Worker]
) -> list[Standing.Verdict]:
    tallies = [_unforgiven(*each, workers[each[1].worker_id]) for each in zip(standings, scores, strict=True)]
    right, seen = np.array(tallies, dtype=np.float64).reshape(-1, 2).T
    prior = priors_of([score.worker_id for score in scores])
    return judge(right, seen, prior, consensus_kind(project).chance(project.schema))


def _note_people(standing: Standing, score: WorkerScore, worker: Worker, now: datetime) -> None:
    """What managers have done since. A worker who was paused and is active has been resumed, and is
    forgiven; one whom somebody paused before the decision took effect has been dealt with."""
    if standing.acted_at is not None and worker.status == Status.ACTIVE:
        tallies = ((score.gold_seen, score.gold_right), (standing.decided_seen, standing.decided_right))
        standing.forgiven_seen, standing.forgiven_right = max(tallies)
        standing.acted_at = None
    elif standing.acted_at is None and standing.verdict == UNRELIABLE and worker.status == Status.PAUSED:
        standing.acted_at = now


def _unforgiven(standing: Standing, score: WorkerScore, worker: Worker) -> tuple[int, int]:
    """Right and seen gold answers that count. What is voided is in no score, so that there is
    nothing to forgive."""
    if worker.voided:
        return score.gold_right, score.gold_seen
    seen = max(0, score.gold_seen - standing.forgiven_seen)
    return min(seen, max(0, score.gold_right - standing.forgiven_right)), seen


def _note_verdict(standing: Standing, score: WorkerScore, verdict: str, now: datetime) -> None:
    if standing.verdict == verdict:
        return
    standing.verdict, standing.decided_at = verdict, now
    standing.decided_right, standing.decided_seen = score.gold_right, score.gold_seen
    unreliable = verdict == UNRELIABLE
    standing.acts_after = score.responses + _delay(score) if unreliable else None


def _delay(score: WorkerScore) -> int:
    """Answers until a decision takes effect: the same at each look, and nothing that a worker can
    work out."""
    digest = salted_hmac("quality.workers.trust", f"{score.worker_id} {score.gold_seen}").digest()
    return SOONEST + int.from_bytes(digest[:8], "big") % (LATEST - SOONEST + 1)


def _in_effect(standing: Standing, score: WorkerScore, now: datetime) -> bool:
    if standing.acts_after is None or standing.decided_at is None:
        return False
    return score.responses >= standing.acts_after or standing.decided_at <= now - PATIENCE


def _flag(scores: Sequence[WorkerScore], standings: Mapping[int, Standing]) -> None:
    """Show who is unreliable beside what else was found about them."""
    flagged = []
    for score in scores:
        standing = standings.get(score.worker_id)
        if standing is not None and standing.verdict == UNRELIABLE and FLAG not in score.flags:
            tally = {"right": standing.decided_right, "seen": standing.decided_seen}
            score.flags, score.evidence = [*score.flags, FLAG], {**score.evidence, FLAG: tally}
            flagged.append(score)
    WorkerScore.objects.bulk_update(flagged, ["flags", "evidence"], batch_size=BATCH)


def _alarm(
    suspects: Sequence[WorkerScore], standings: Mapping[int, Standing], workers: Mapping[int, Worker], now: datetime
) -> dict[str, int]:
    """What to tell if more than half of those who work would be paused: then gold is wrong, or so
    much is that people have to look. Nobody is paused meanwhile."""
    lately = sum(
        each.acted_at is not None and each.acted_at > now - AT_ONCE and workers[pk].has_account
        for pk, each in standings.items()
    )
    working = lately + sum(workers[pk].active for pk in standings)
    unreliable = lately + len(suspects)
    return {"unreliable": unreliable, "workers": working} if suspects and 2 * unreliable > working else {}


@transaction.atomic
def _keep_alarm(project: Project, alarm: dict[str, int]) -> None:
    Summary.objects.get_or_create(project=project)
    summary = Summary.objects.select_for_update(no_key=True).get(project=project)
    alarms = {name: each for name, each in summary.alarm.items() if name != ALARM}
    alarms |= {ALARM: alarm} if alarm else {}
    if alarms != summary.alarm:
        Summary.objects.filter(project=project).update(alarm=alarms)


@transaction.atomic
def _suspend(project: Project, worker_id: int) -> None:
    """Pause a worker who is active, with all that belongs to it, or nothing."""
    active = Membership.objects.workers().filter(pk=worker_id, status=Status.ACTIVE)
    locked = active.select_for_update(of=("self",), no_key=True).select_related("project", "user")
    if (worker := locked.first()) is None:
        return
    voided = project.on_unreliable == OnUnreliable.VOID and _void(worker)
    reason = reason_given(voided=voided)
    pause(member=worker, actor=None, reason=reason)
    Standing.objects.filter(worker=worker_id).update(acted_at=Now())
    audit(None, "worker.suspended", project.slug, member=worker.display_name, reason=reason, voided=voided)
    payload = {"worker": worker_id, "reason": reason, "action": "void" if voided else "pause"}
    record(project, "worker.suspended", [payload])


def _void(worker: Membership) -> bool:
    """Declare the answers worthless, unless somebody is taking just that back."""
    try:
        request_voiding(worker=worker, actor=None, action=Voiding.Action.VOID)
    except VoidingUnderWay:
        return False
    return True


def reason_given(*, voided: bool) -> str:
    """What the worker reads: nothing in it tells which answers it was, or how it was found out."""
    told = _(
        "Taken together, your answers are too often not what this project is looking for. "
        "This was found automatically, from many answers and not from a single one; nobody has looked at it yet."
    )
    if not voided:
        return told
    return told + " " + _("Until the owner decides otherwise, your answers do not count, and others are asked.")
