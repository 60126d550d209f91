"""Replays: somebody's request to know what another policy would have made of recorded answers, and
what finds it out.

An order of the answers is a step of its own, stored when it is done, so that a replay takes no job
process for long, and one that was killed goes on where it was.
"""

import logging
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crowd.claims import Claim, ClaimLost
from crowd.errors import DATABASE_IS_AWAY, CrowdError
from crowd.people.models import User, audit
from crowd.projects.answer_kinds import kind_of
from crowd.projects.models import Order, Project
from crowd.wakeups import wake
from quality.aggregation import Policy
from quality.budget.rehearsals import Run, outcome, play
from quality.budget.replay_votes import MAX_VOTES, TooManyVotes, own_recording, read_recording
from quality.kinds.protocol import consensus_kind
from quality.models import Replay, Summary

log = logging.getLogger(__name__)

ORDERS = 5  # in which the answers are played
PERCENT = 100  # of an order: progress is counted in these
KEPT = 20  # finished replays of a project
CHECKED_AT_ONCE = 4 * 2**20  # characters that are read before the request is answered

State = Replay.State


class InvalidPolicy(CrowdError):
    status, code = 400, "invalid_policy"


class ReplayUnderWay(CrowdError):
    status, code = 409, "replay_under_way"


@transaction.atomic
def request_replay(*, project: Project, actor: User, policy: dict[str, Any], votes: str | None) -> Replay:
    """Have recorded answers played: these, a CSV of task, worker, answer and perhaps truth, or else
    the project's own.

    What `policy` leaves out is as in the project. Raises InvalidPolicy, InvalidFile, TooManyVotes,
    ReplayUnderWay.
    """
    names = ("min_responses", "max_responses", "target_confidence", "method", "order")
    whole = {name: policy.get(name, getattr(project, name)) for name in names}
    if whole["min_responses"] > whole["max_responses"]:
        message = _("A task can't get at least {min_responses} and at most {max_responses} answers.").format(**whole)
        raise InvalidPolicy(message, errors=[{"field": "policy.max_responses", "code": "too_few", "detail": message}])
    _refuse_unknown_method(whole["method"], kind_of(project).methods)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if Replay.objects.unfinished().filter(project=project).exists():
        raise ReplayUnderWay(_("A replay of this project is under way. Wait until it is done."))
    if votes is None:
        _check_own(project)
    elif len(votes) <= CHECKED_AT_ONCE:
        read_recording(votes, project)
    replay = Replay.objects.create(project=project, policy=whole, votes=votes, total=ORDERS * PERCENT)
    old = project.replays.exclude(state__in=[State.QUEUED, State.RUNNING]).order_by("-pk")[KEPT:]
    Replay.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    audit(actor, "replay.requested", project.slug, **whole)
    transaction.on_commit(lambda: wake("quality.replay", replay.pk))
    return replay


def _refuse_unknown_method(method: str, known: tuple[str, ...]) -> None:
    """A method of another kind of answer says nothing of these."""
    if method not in known:
        message = _("There is no such method; use one of: {methods}.").format(methods=", ".join(sorted(known)))
        raise InvalidPolicy(message, errors=[{"field": "policy.method", "code": "unknown_method", "detail": message}])


def _check_own(project: Project) -> None:
    progress = Summary.objects.filter(project=project).values_list("progress", flat=True).first() or {}
    if progress.get("responses", 0) > MAX_VOTES:
        raise TooManyVotes(_("At most {n} answers can be replayed.").format(n=number_format(MAX_VOTES)))


def run_replay(replay_id: int) -> None:
    """Play the next order, unless somebody is at it or the cores are taken; then have the one after
    it played."""
    with Replay.objects.unfinished().claim(replay_id, state=State.RUNNING) as claim:
        if claim is None or _end_of_step(claim):
            return
    wake("quality.replay", replay_id)


def _end_of_step(claim: Claim[Replay]) -> bool:
    """Play an order; says whether that was the end of it."""
    try:
        return _step(claim)
    except (ClaimLost, *DATABASE_IS_AWAY):
        raise  # somebody else plays it, or it is tried again
    except CrowdError as error:
        _finish(claim, State.FAILED, error=error.detail)
    except Exception as error:
        log.exception("Replay %s failed", claim.row.pk)
        _finish(claim, State.FAILED, error=f"{type(error).__name__}: {error}")
    return True


def _step(claim: Claim[Replay]) -> bool:
    """Play one order; says whether it was the last."""
    replay = claim.row
    project, runs = replay.project, list(replay.result.get("runs", []))
    recording = own_recording(project) if replay.votes is None else read_recording(replay.votes, project)
    wish = replay.policy
    policy = Policy(wish["target_confidence"], wish["min_responses"], wish["max_responses"])

    def note(done: int, at_most: int) -> None:
        share = min(PERCENT - 1, PERCENT * done // max(at_most, 1))
        if len(runs) * PERCENT + share > replay.done:
            replay.done = len(runs) * PERCENT + share
            claim.renew(done=replay.done)

    fit = consensus_kind(project).replayed(wish["method"])
    fresh_first = wish.get("order") == Order.BREADTH
    runs.append(asdict(play(recording, policy, fit, len(runs), note, fresh_first=fresh_first)))
    if len(runs) == ORDERS:
        _finish(
            claim, State.DONE, result=outcome(recording, policy, [Run(**run) for run in runs]), done=ORDERS * PERCENT
        )
        return True
    done = len(runs) * PERCENT
    claim.end(result={"runs": runs}, done=done)
    return False


def _finish(claim: Claim[Replay], state: State, **columns: Any) -> None:
    """The answers themselves are not needed any more."""
    votes = None if claim.row.votes is None else ""
    claim.end(state=state, votes=votes, finished_at=Now(), **columns)


def unfinished() -> list[int]:
    """What nobody is at: its wake-up was lost, its job was killed, or the cores were taken."""
    free = Replay.objects.unfinished().free_the_dead().free()
    return list(free.order_by("pk").values_list("pk", flat=True))
