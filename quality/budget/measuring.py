"""What a project's answers have cost, what its policy has saved, and what is still to come. Worked
out by each fit and stored with the summary; pages read that, and only divide by the pace."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Q
from django.db.models.functions import Now

from crowd.projects.models import Project
from quality.aggregation import NO_LABEL
from quality.aggregation.forecasting import Decisions, forecast
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.models import Consensus, Summary
from tasks.models import Assignment, Response, Task

State = Consensus.State
Flags = npt.NDArray[np.bool_]

LATEST = 5_000  # tasks, those that were begun last, from which it is learnt how many answers a task takes
NEWEST = 100_000  # answers among which the pace is looked for
DAY = timedelta(days=1)
AT_LEAST = timedelta(minutes=10)  # a pace of a shorter time says nothing about hours to come

# What there is to say of a project that was never fitted.
NOTHING: dict[str, Any] = {
    "bought": 0,
    "tests": 0,
    "decided": 0,
    "decided_bought": 0,
    "fixed": 0,
    "saved": 0,
    "by_answers": [],
    "forecast": {"open": 0, "learnt_from": 0, "answers": None, "pace": None, "hours": None},
}


def measure_budget(matrix: AnswerMatrix, states: npt.NDArray[Any], project: Project) -> dict[str, Any]:
    """What a fit stores: everything about ordinary tasks, and the answers to gold apart.

    states: (tasks,) of the matrix's tasks, as the fit has judged them. Call it when the queue has
    been steered by them: what is still open there is what is still to be answered.
    """
    answers = matrix.answers_per_task
    ordinary = matrix.gold == NO_LABEL
    by_policy = ordinary & (matrix.adjudicated == NO_LABEL)
    decided = by_policy & (states != State.OPEN)
    fixed = np.maximum(answers[decided], project.max_responses).sum()  # what was bought beyond it can't be saved
    bought = int(answers[decided].sum())
    return {
        "bought": int(answers[ordinary].sum()),
        "tests": int(answers[~ordinary].sum()),
        "decided": int(decided.sum()),
        "decided_bought": bought,
        "fixed": int(fixed),
        "saved": int(fixed) - bought,
        "by_answers": _by_answers(answers, states, decided),
        "forecast": _forecast(matrix, answers, by_policy, decided, project),
    }


def _by_answers(answers: Ints, states: npt.NDArray[Any], decided: Flags) -> list[dict[str, int]]:
    """How many tasks were decided with so many answers."""
    settled = np.bincount(answers[decided & (states == State.SETTLED)])
    disputed = np.bincount(answers[decided & (states == State.DISPUTED)])
    rows = range(max(len(settled), len(disputed)))
    counts = [(n, int(settled[n : n + 1].sum()), int(disputed[n : n + 1].sum())) for n in rows]
    return [{"answers": n, "settled": yes, "disputed": no} for n, yes, no in counts if yes or no]


def _forecast(
    matrix: AnswerMatrix, answers: Ints, by_policy: Flags, decided: Flags, project: Project
) -> dict[str, Any]:
    least, most = project.min_responses, project.max_responses
    begun = np.flatnonzero(by_policy & (answers > 0))
    first = np.full(len(answers), np.iinfo(np.int64).max)
    people = matrix.response > 0
    np.minimum.at(first, matrix.task[people], matrix.response[people])
    latest = begun[np.argsort(first[begun], kind="stable")][-LATEST:]
    found = Decisions.of(answers[latest], decided[latest], least=least, most=most)
    waiting = _waiting(answers[begun][~decided[begun]], project)
    to_come = asdict(forecast(found, waiting, least=least)) if waiting.sum() else None
    pace = _pace(matrix.response[people], ordinary=(matrix.gold == NO_LABEL)[matrix.task[people]])
    return {
        "open": round(float(waiting.sum())),
        "learnt_from": int(decided[latest].sum()),
        "answers": to_come,
        "pace": pace,
        "hours": _hours(to_come, pace),
    }


def _waiting(open_now: Ints, project: Project) -> npt.NDArray[np.float64]:
    """(most + 1,) how many tasks that will be asked for have 0, 1, … answers now.

    Those that were begun are as in the fit, so far as the queue still hands them out: it never does
    those that only stand for answers gathered elsewhere.
    """
    most = project.max_responses
    open_tasks = Task.objects.for_project(project).filter(purpose=Task.Purpose.WORK, is_open=True)
    queue = open_tasks.aggregate(tasks=Count("pk"), fresh=Count("pk", filter=Q(answers_counted=0)))
    out = Assignment.objects.filter(worker__project=project, state=Assignment.State.LIVE, holds_slot=True)
    leased = dict(
        out.filter(task__purpose=Task.Purpose.WORK, task__is_open=False).values_list("task", "task__answers_counted")
    )
    fresh = queue["fresh"] + sum(not counted for counted in leased.values())
    begun = queue["tasks"] + len(leased) - fresh
    waiting = np.bincount(np.minimum(open_now, most), minlength=most + 1).astype(np.float64)
    waiting *= min(1.0, begun / max(len(open_now), 1))
    waiting[0] += fresh
    return waiting


def _pace(response: Ints, ordinary: Flags) -> dict[str, Any] | None:
    """Answers to ordinary tasks an hour, over the last day or since the first one; None while that
    can't be said.

    The times of a few answers are looked up by their keys, in doubling distances from the newest,
    and straight lines are drawn between. Answers gathered elsewhere came all at once, and don't
    count.
    """
    if not len(response):
        return None
    some = np.argpartition(response, -NEWEST)[-NEWEST:] if len(response) > NEWEST else np.arange(len(response))
    newest = some[np.argsort(response[some])]
    places = np.unique([0, *(len(newest) - 1 - 2 ** np.arange(len(newest).bit_length() - 1)), len(newest) - 1])
    keys = response[newest[places]].tolist()
    times = _times(keys)
    rows = {pk: (at, leased) for pk, at, leased, _now in times}
    known = [(place, *rows[key]) for place, key in zip(places.tolist(), keys, strict=True) if key in rows]
    if not known:  # all of them were taken back just now
        return None
    now = times[0][3]
    since = max(now - DAY, known[0][1])
    count = _answers_since(known, since)
    hours = max(now - since, AT_LEAST) / timedelta(hours=1)
    per_hour = count * float(ordinary[newest].mean()) / hours
    if count < 1 or per_hour <= 0:
        return None
    return {"per_hour": per_hour, "since": since.astimezone(UTC).isoformat().replace("+00:00", "Z")}


def _times(keys: list[int]) -> list[tuple[int, datetime, bool, datetime]]:
    """Key, time and whether it came by a lease, of these answers, each with the time by the
    database's clock."""
    found = Response.objects.filter(pk__in=keys).annotate(now=Now())
    rows = found.values_list("pk", "received_at", "assignment_id", "now")
    return [(pk, at, assignment is not None, now) for pk, at, assignment, now in rows]


def _answers_since(known: list[tuple[int, datetime, bool]], since: datetime) -> float:
    """Answers by leases after `since`, of which these are some: place in order, time, and whether
    by a lease."""
    count = float(known[0][2] and known[0][1] >= since)
    for (before, start, _lease), (after, end, lease) in pairwise(known):
        if lease and end > since:
            inside = 1.0 if start >= since else (end - since) / (end - start)
            count += inside * (after - before)
    return count


def _hours(to_come: Mapping[str, float] | None, pace: Mapping[str, Any] | None) -> dict[str, float] | None:
    if not to_come or not pace:
        return None
    return {part: to_come[part] / pace["per_hour"] for part in ("value", "low", "high")}


def read_budget(project: Project) -> dict[str, Any]:
    """The budget as of the last fit."""
    stored = Summary.objects.filter(project=project).values_list("budget", flat=True).first()
    return stored or NOTHING
