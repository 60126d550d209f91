"""Files on their way in: checked when they arrive, stored, and read by a job that may be killed and
run again."""

import logging
from typing import IO, Any, Literal, TypedDict, Unpack

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from crowd import room
from crowd.batches import batches
from crowd.claims import Claim, ClaimLost
from crowd.errors import DATABASE_IS_AWAY, CrowdError
from crowd.people.models import User, audit
from crowd.projects.models import Project
from crowd.wakeups import wake
from crowd.webhooks.events import record
from quality.formats.registry import FORMATS as TABLES
from tasks.errors import UnsupportedFormat
from tasks.intake.archives import is_short
from tasks.intake.picture_zips import AUTO, check_zip, read_pictures
from tasks.intake.records import add_tasks
from tasks.intake.storing import ensure_workers, refuse_to_replace, steps_of, store_votes
from tasks.intake.task_tables import read_tasks
from tasks.intake.turns import Turn, TurnOver
from tasks.intake.votes import read_votes
from tasks.models import Import

log = logging.getLogger(__name__)

FORMATS = ("auto", "images-zip", "imagenet-zip", "csv", "jsonl")
ANNOUNCED_FORMATS = ("coco-zip", "urls")
VOTES = {"csv": "votes-csv", "jsonl": "votes-jsonl"}
CHECKED_AT_ONCE = 8 * 1024 * 1024  # bytes of a table that are parsed before the upload is answered
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")  # the reader of tables says what to do with them
MEMBERS_AT_ONCE, LISTED_AT_ONCE = 10_000, 2 * 1024 * 1024  # of a zip: files, and bytes of the list of them
TASKS_A_STEP = 2000


class Options(TypedDict, total=False):
    """`folders`: what a folder of an ImageNet-style zip is. `repeats`: what a second, different
    vote does."""

    folders: Literal["gold", "prelabel"]
    repeats: Literal["replace", "error"]


def start_import(
    *, project: Project, actor: User, file: "File[bytes]", table_format: str, **options: Unpack[Options]
) -> Import:
    """Check a file as far as can be done at once, keep it, and queue it. Raises InvalidFile,
    UnsupportedFormat."""
    table_format = _sniff(file) if table_format == "auto" else table_format
    if table_format in ANNOUNCED_FORMATS:
        raise UnsupportedFormat(_("{format} can't be imported yet.").format(format=table_format))
    _check(file, table_format, project)
    file.seek(0)
    with transaction.atomic():
        job = Import(project=project, actor=actor, format=table_format, options=options)
        job.file.save("imports/upload", file, save=True)
        audit(actor, "import.started", project.slug, format=table_format, file=file.name)
        transaction.on_commit(lambda: wake("tasks.run_import", job.pk))
    return job


def _sniff(file: "File[bytes]") -> str:
    """The format of a file by its first bytes, then by its name. What kind of zip it is, its reader
    finds out."""
    start = file.read(4)
    name = (file.name or "").lower()
    if (start.startswith(b"PK") or name.endswith(".zip")) and not name.endswith(WORKBOOKS):
        return AUTO
    return "jsonl" if name.endswith((".jsonl", ".ndjson")) or start.lstrip()[:1] == b"{" else "csv"


def _check(file: "File[bytes]", table_format: str, project: Project) -> None:
    file.seek(0)
    if table_format.endswith("-zip"):
        if is_short(file, members=MEMBERS_AT_ONCE, size=LISTED_AT_ONCE):
            check_zip(file, table_format, project)
    elif file.size <= CHECKED_AT_ONCE and table_format in ("csv", "jsonl"):
        read_tasks(file, TABLES[table_format], project)


def run_import(import_id: int) -> bool:
    """Read a queued file into tasks or responses, or so much of it as others leave it time for.
    Running it twice, or again after a kill, changes nothing more. Of one project, one is read at a
    time. Says whether it was read."""
    others = Import.objects.unfinished().held().exclude(pk=import_id).values("project")
    mine = Import.objects.unfinished().exclude(project__in=others)
    with mine.claim(import_id, state=Import.State.RUNNING) as claim:
        if claim is not None:
            _run(claim)
    return claim is not None


def _run(claim: Claim[Import]) -> None:
    job = claim.row
    try:
        with job.file.open("rb") as file:
            report = _read(claim, file)
    except CrowdError as error:
        _finish(claim, Import.State.FAILED, {"code": error.code, "detail": error.detail, "errors": error.errors})
    except (ClaimLost, *DATABASE_IS_AWAY):
        raise  # somebody else reads it, or it is tried again
    except TurnOver:
        claim.end()
    except Exception as error:
        if room.is_why(error):
            raise  # it is tried again until there is room
        log.exception("Import %s failed", job.pk)
        detail = _("Reading this file failed on our side.")
        _finish(claim, Import.State.FAILED, {"code": "crashed", "detail": detail})
    else:
        _finish(claim, Import.State.DONE, {"format": job.format, **report})


def _finish(claim: Claim[Import], state: Import.State, report: dict[str, Any]) -> None:
    table_format = report.get("format", claim.row.format)
    with transaction.atomic():
        claim.end(state=state, report=report, format=table_format)
        told = {name: value for name, value in report.items() if not isinstance(value, list)}  # lists may be long
        record(claim.row.project, "import.done", [{"id": claim.row.pk, "state": state, "format": table_format} | told])
    claim.row.file.delete(save=False)


def _read(claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
    table_format = claim.row.format
    if table_format.endswith("-zip"):
        return read_pictures(claim, file)
    if table_format in VOTES.values():
        return _read_votes(claim, file)
    turn = Turn(claim, {"created": 0, "updated": 0, "unchanged": 0})
    records = read_tasks(file, TABLES[table_format], claim.row.project)
    turn.note_total(len(records))
    for step in batches(records[turn.done :], TASKS_A_STEP):
        with turn.step(len(step)):
            _add(claim.row.project, step, turn.report)
    return turn.report


def _read_votes(claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
    """Every row is checked before the first is stored."""
    project = claim.row.project
    turn = Turn(claim, {"created": 0, "unchanged": 0, "replaced": 0})
    votes = read_votes(file, TABLES[claim.row.format.removeprefix("votes-")], project)
    if claim.row.options.get("repeats") == "error" and not turn.done:
        refuse_to_replace(project, votes)
    turn.note_total(len(votes))
    workers = ensure_workers(project, [*{vote.worker for vote in votes}])
    stored = turn.done
    for step in steps_of(votes):
        if stored >= len(step):
            stored -= len(step)
            continue
        with turn.step(len(step)):
            imported = store_votes(project, step, workers)
            for name in turn.report:
                turn.report[name] += getattr(imported, name)
    return turn.report


def _add(project: Project, records: Any, report: dict[str, Any]) -> None:
    outcome = add_tasks(project, records)
    for name in ("created", "updated", "unchanged"):
        report[name] += getattr(outcome, name)
