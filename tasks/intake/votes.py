"""Votes gathered elsewhere: a table of task, worker and answer becomes responses."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _

from crowd.batches import BATCH, batches
from crowd.json_values import same_json
from crowd.projects.models import Membership, Project, Role
from tasks.answers import Answer, answer_type
from tasks.errors import InvalidAnswer, InvalidFile, RepeatedVotes
from tasks.intake.records import tasks_by_external_id
from tasks.intake.tables import Faults, Row, fail, read_rows
from tasks.intake.task_fields import is_one_line
from tasks.models import Response, Task
from tasks.signals import answers_arrived

ANSWER_COLUMNS = ("answer", "label")
MAX_TASK_ID = 300
MAX_WORKER_NAME = 200


@dataclass(frozen=True, slots=True)
class Vote:
    line: int
    task: str
    worker: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Imported:
    """`created` counts every response stored, of which `replaced` took the place of the worker's earlier answer."""

    created: int
    unchanged: int
    replaced: int


def read_votes(file: IO[bytes], table_format: str, project: Project) -> list[Vote]:
    """Every vote of the file, checked. Raises InvalidFile, naming up to twenty lines at fault."""
    faults = Faults()
    votes = [vote for row in read_rows(file, table_format) if (vote := _vote(row, table_format, project, faults))]
    faults.raise_any()
    if not votes:
        fail(1, _("There are no votes in the file."), "empty")
    return votes


def _vote(row: Row, table_format: str, project: Project, faults: Faults) -> Vote | None:
    line, cells = row
    missing = [name for name in ("task", "worker") if name not in cells]
    answer_column = next((name for name in ANSWER_COLUMNS if name in cells), None)
    if missing or answer_column is None:
        wanted = [*missing, *(["answer"] if answer_column is None else [])]
        message = _("Task, worker and answer are needed; missing: {names}.").format(names=", ".join(wanted))
        if table_format == "csv":
            raise InvalidFile(message)  # no line has what the first one does not name
        faults.add(line, message, "required", field=wanted[0])
        return None
    task, worker = _name(cells["task"], MAX_TASK_ID), _name(cells["worker"], MAX_WORKER_NAME)
    if task is None or worker is None:
        message = _("Task and worker must be named on one line, in at most {t} and {w} characters.")
        faults.add(line, message.format(t=MAX_TASK_ID, w=MAX_WORKER_NAME), "no_name")
        return None
    try:
        return Vote(line, task, worker, answer_type(project).parse(cells[answer_column], project))
    except InvalidAnswer as error:
        faults.add(line, error.detail, InvalidAnswer.code, field=answer_column)
        return None


def _name(value: Any, longest: int) -> str | None:
    """A name as text; None if it is none. Tables of numbered tasks and workers may give numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    name = str(value).strip()
    return name if 0 < len(name) <= longest and is_one_line(name) else None


def refuse_repeats(votes: Iterable[Vote]) -> None:
    """For `?repeats=error`. Raises RepeatedVotes at a second, different answer of one worker to one task."""
    first: dict[tuple[str, str], Vote] = {}
    for vote in votes:
        earlier = first.setdefault((vote.task, vote.worker), vote)
        if not same_json(earlier.answer, vote.answer):
            message = _("Line {line}: worker {worker} answered task {task} differently on line {earlier}.")
            detail = message.format(line=vote.line, worker=vote.worker, task=vote.task, earlier=earlier.line)
            raise RepeatedVotes(detail, errors=[{"line": vote.line, "code": "repeated", "detail": detail}])


@transaction.atomic
def import_votes(project: Project, votes: Sequence[Vote], *, refuse_replacing: bool = False) -> Imported:
    """Store votes, all or none; a worker's later, different answer replaces the earlier, which is kept as history.

    Every vote counts, so a task needs at least as many answers as it was given. Raises RepeatedVotes.
    """
    if refuse_replacing:
        refuse_repeats(votes)
    tasks = _ensure_tasks(project, sorted({vote.task for vote in votes}))
    workers = _ensure_workers(project, sorted({vote.worker for vote in votes}))
    for batch in batches(sorted(tasks.values())):
        Task.objects.filter(pk__in=batch).lock()
    stored = _standing_responses(list(tasks.values()))
    standing = dict(stored)
    known = _read_before(votes, tasks, workers, stored)
    new: list[Response] = []
    replaced: list[Response] = []
    for vote in votes:
        pair = (tasks[vote.task], workers[vote.worker])
        earlier = standing.get(pair)
        if pair in known or (earlier is not None and same_json(earlier.answer, vote.answer)):
            continue
        if earlier is not None:
            _refuse(vote, refuse_replacing)
            replaced.append(earlier)
        standing[pair] = Response(task_id=pair[0], worker_id=pair[1], answer=vote.answer)
        new.append(standing[pair])
    _store(new, replaced)
    transaction.on_commit(lambda: answers_arrived.send(sender=Response, project_id=project.pk), robust=True)
    return Imported(created=len(new), unchanged=len(votes) - len(new), replaced=len(replaced))


def _read_before(
    votes: Iterable[Vote], tasks: dict[str, int], workers: dict[str, int], stored: dict[tuple[int, int], Response]
) -> set[tuple[int, int]]:
    """The pairs of task and worker whose last answer in the file stands already: whatever they said before it in the
    same file is history, and was stored when the file was first read."""
    last = {(tasks[vote.task], workers[vote.worker]): vote.answer for vote in votes}
    return {pair for pair, answer in last.items() if pair in stored and same_json(stored[pair].answer, answer)}


def _refuse(vote: Vote, refuse_replacing: bool) -> None:
    if refuse_replacing:
        message = _("Line {line}: worker {worker} has already answered task {task} differently.")
        detail = message.format(line=vote.line, worker=vote.worker, task=vote.task)
        raise RepeatedVotes(detail, errors=[{"line": vote.line, "code": "repeated", "detail": detail}])


def _ensure_tasks(project: Project, external_ids: Sequence[str]) -> dict[str, int]:
    known = tasks_by_external_id(project, external_ids)
    unknown = [name for name in external_ids if name not in known]
    new = (Task(project=project, external_id=name, answers_needed=0, has_content=False) for name in unknown)
    Task.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return {name: task.pk for name, task in tasks_by_external_id(project, external_ids).items()}


def _ensure_workers(project: Project, names: Sequence[str]) -> dict[str, int]:
    voters = Membership.objects.filter(project=project, user=None)
    known = set(voters.values_list("name", flat=True))
    new = (Membership(project=project, name=name, role=Role.WORKER) for name in names if name not in known)
    Membership.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return {voter.display_name: voter.pk for voter in voters}


def _standing_responses(task_ids: Sequence[int]) -> dict[tuple[int, int], Response]:
    standing = Response.objects.filter(replaced_at=None)
    found = (response for batch in batches(task_ids) for response in standing.filter(task__in=batch))
    return {(response.task_id, response.worker_id): response for response in found}


def _store(new: Sequence[Response], replaced: Sequence[Response]) -> None:
    """Retire what was replaced, insert what is new, and bring the tasks' counters up to date."""
    for batch in batches([response.pk for response in replaced if response.pk]):
        Response.objects.filter(pk__in=batch).update(replaced_at=Now())
    for response in replaced:
        response.replaced_at = response.replaced_at or Now()
    Response.objects.bulk_create(new, batch_size=BATCH)
    gained = Counter(response.task_id for response in new)
    gained.subtract(response.task_id for response in replaced if response.counted and response.voided_at is None)
    by_gain: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, gain in gained.items():
        by_gain[gain].append(task_id)
    for gain, task_ids in by_gain.items():
        for batch in batches(task_ids):
            _count(batch, gain)


def _count(task_ids: Sequence[int], gain: int) -> None:
    counted = F("answers_counted") + gain
    Task.objects.filter(pk__in=task_ids).update(
        answers_counted=counted,
        answers_needed=Greatest(F("answers_needed"), counted + F("leases_live")),
        revision=F("revision") + 1,
    )
