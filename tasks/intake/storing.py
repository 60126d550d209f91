"""Storing votes that were read and checked: whole tasks at a time, in a few statements that take
their rows from one document each."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.batches import BATCH
from crowd.json_values import same_json
from crowd.projects.answer_kinds import reclassed_of
from crowd.projects.models import Membership, Project, Role
from crowd.sql import Statement
from tasks.errors import RepeatedVotes
from tasks.intake.fitting import fitting_votes
from tasks.intake.voted_tasks import on_their_tasks
from tasks.intake.votes import Imported, Vote, refuse_repeats
from tasks.models import Response, Task
from tasks.signals import announce_answers

STEP = 1000  # votes, or all of one task

Pair = tuple[int, int]  # task and worker


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer that stands: stored before under a key, or to be stored now."""

    answer: Any
    counts: bool = True
    key: int | None = None


@dataclass(slots=True)
class Changes:
    """What a step stores: rows of task, worker, answer and whether it is history at once, and
    answers to retire."""

    new: list[list[Any]] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)
    gained: Counter[int] = field(default_factory=Counter)
    replaced: int = 0


@transaction.atomic
def import_votes(project: Project, votes: Sequence[Vote], *, refuse_replacing: bool = False) -> Imported:
    """Store votes, all or none. Raises RepeatedVotes, InvalidFile."""
    votes = fitting_votes(project, on_their_tasks(project, votes))
    if refuse_replacing:
        refuse_to_replace(project, votes)
    workers = ensure_workers(project, [*{vote.worker for vote in votes}])
    tasks = _ensure_tasks(project, votes)
    Task.objects.filter(pk__in=list(tasks.values())).lock()
    return total_of([store_votes(project, step, workers) for step in steps_of(votes)])


def refuse_to_replace(project: Project, votes: Sequence[Vote]) -> None:
    """For `?repeats=error`, before anything is written. Raises RepeatedVotes at a vote that differs
    from an earlier one of the file, or from one that is stored."""
    refuse_repeats(votes)
    workers = {voter.display_name: voter.pk for voter in Membership.objects.filter(project=project, user=None)}
    for step in steps_of(votes):
        tasks = _known_tasks(project, sorted({vote.task for vote in step}))
        standing = standing_answers(project, list(tasks.values()))
        for vote in step:
            earlier = standing.get((tasks.get(vote.task, 0), workers.get(vote.worker, 0)))
            if earlier is not None and not same_json(earlier.answer, vote.answer):
                message = _("Line {line}: worker {worker} has already answered task {task} differently.")
                detail = message.format(line=vote.line, worker=vote.worker, task=vote.task)
                raise RepeatedVotes(detail, errors=[{"line": vote.line, "code": "repeated", "detail": detail}])


def steps_of(votes: Sequence[Vote]) -> Iterator[Sequence[Vote]]:
    """The votes by task, a bearable number at once, in an order that depends on nothing but the
    file."""
    ordered = sorted(votes, key=lambda vote: vote.task)
    start = 0
    while start < len(ordered):
        end = min(start + STEP, len(ordered))
        while end < len(ordered) and ordered[end].task == ordered[end - 1].task:
            end += 1
        yield ordered[start:end]
        start = end


def ensure_workers(project: Project, names: Sequence[str]) -> dict[str, int]:
    """The voters of these names; those that are unknown are made."""
    voters = Membership.objects.filter(project=project, user=None)
    known = set(voters.values_list("name", flat=True))
    new = (Membership(project=project, name=name, role=Role.WORKER) for name in names if name not in known)
    Membership.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return {voter.display_name: voter.pk for voter in voters}


@transaction.atomic
def store_votes(project: Project, votes: Sequence[Vote], workers: Mapping[str, int]) -> Imported:
    """Store votes of whole tasks. A worker's later, different answer replaces the earlier, which is
    kept as history.

    Every vote counts, so a task needs at least as many answers as it was given.
    """
    tasks = _ensure_tasks(project, votes)
    Task.objects.filter(pk__in=list(tasks.values())).lock()
    standing = standing_answers(project, list(tasks.values()))
    changes = _changes(votes, [(tasks[vote.task], workers[vote.worker]) for vote in votes], standing)
    _RETIRE.run(rows=json.dumps([[key] for key in changes.retired]))
    _INSERT.run(rows=json.dumps(changes.new))
    _COUNT.run(rows=json.dumps(list(changes.gained.items())))
    if changes.new:
        announce_answers(project.pk)
    return Imported(len(changes.new), len(votes) - len(changes.new), changes.replaced)


def standing_answers(project: Project, task_ids: Sequence[int]) -> dict[Pair, Standing]:
    """What stands of these tasks of a project."""
    reclassed = reclassed_of(project)
    columns = ("task_id", "worker_id", "answer", "pk", "counted", "voided_at")
    rows = Response.objects.filter(replaced_at=None).values_list(*columns)
    return {
        (task, worker): Standing(reclassed(answer), counted and voided is None, key)
        for task, worker, answer, key, counted, voided in rows.filter(task__in=task_ids)
    }


def _changes(votes: Sequence[Vote], pairs: Sequence[Pair], standing: dict[Pair, Standing]) -> Changes:
    last = {pair: vote.answer for vote, pair in zip(votes, pairs, strict=True)}
    # Whose last answer in the file stands already: what they said before it in the same file is
    # history, and was stored when the file was first read.
    read_before = {pair for pair, said in last.items() if pair in standing and same_json(standing[pair].answer, said)}
    changes, places = Changes(), dict[Pair, int]()
    for vote, pair in zip(votes, pairs, strict=True):
        earlier = standing.get(pair)
        if pair in read_before or (earlier is not None and same_json(earlier.answer, vote.answer)):
            continue
        if earlier is not None:
            changes.replaced += 1
            changes.gained[pair[0]] -= earlier.counts
            if earlier.key is None:
                changes.new[places[pair]][3] = 1
            else:
                changes.retired.append(earlier.key)
        places[pair] = len(changes.new)
        changes.new.append([*pair, json.dumps(vote.answer), 0])
        changes.gained[pair[0]] += 1
        standing[pair] = Standing(vote.answer)
    return changes


def _ensure_tasks(project: Project, votes: Sequence[Vote]) -> dict[str, int]:
    """The tasks that these are votes on; one that is unknown is made, and only stands for them."""
    data = {vote.task: vote.data or {} for vote in reversed(votes)}
    known = _known_tasks(project, sorted(data))
    unknown = [[name, data[name]] for name in sorted(data) if name not in known]
    if unknown:
        _MAKE.run(project=project.pk, rows=json.dumps(unknown))
        known = _known_tasks(project, sorted(data))
    return known


def _known_tasks(project: Project, external_ids: Sequence[str]) -> dict[str, int]:
    found = _NAMED.rows(project=project.pk, rows=json.dumps([[name] for name in external_ids]))
    return {name: key for name, key in found if key is not None}


def total_of(parts: Sequence[Imported]) -> Imported:
    return Imported(*(sum(column) for column in zip(*map(astuple, parts), strict=True)))


# One look into the index for each name: as a join, PostgreSQL would go through all tasks of the
# project.
_NAMED = Statement("""
    SELECT {text_0}, (SELECT task.id FROM tasks_task AS task
        WHERE task.project_id = %(project)s AND task.external_id = {text_0})
    FROM {rows_of}%(rows)s{end_of_rows}""")
_MAKE = Statement("""
    INSERT INTO tasks_task (project_id, external_id, data, priority, answers_needed, bucket, purpose, has_content,
        answers_counted, leases_live, urgency, revision, judged_revision)
    SELECT CAST(%(project)s AS BIGINT), {text_0}, {json_1}, 0, 0, 0, 'work', FALSE, 0, 0, 0, 1, 0
    FROM {rows_of}%(rows)s{end_of_rows} WHERE TRUE ON CONFLICT DO NOTHING""")
_RETIRE = Statement("""
    UPDATE tasks_response SET replaced_at = {now}
    WHERE id IN (SELECT {number_0} FROM {rows_of}%(rows)s{end_of_rows})""")
_INSERT = Statement("""
    INSERT INTO tasks_response (task_id, worker_id, answer, counted, received_at, replaced_at)
    SELECT {number_0}, {number_1}, {document_2}, TRUE, {now}, CASE WHEN {number_3} = 1 THEN {now} END
    FROM {rows_of}%(rows)s{end_of_rows}""")
_COUNT = Statement("""
    UPDATE tasks_task SET answers_counted = answers_counted + gain, revision = revision + 1, exhausted_at = NULL,
        answers_needed = CASE WHEN answers_needed > answers_counted + gain + leases_live THEN answers_needed
            ELSE answers_counted + gain + leases_live END
    FROM (SELECT {number_0} AS task, {number_1} AS gain FROM {rows_of}%(rows)s{end_of_rows}) AS gained
    WHERE tasks_task.id = gained.task""")
