"""Files on their way in: checked when they arrive, stored, and read by a job that may be killed and
run again."""

import logging
from typing import Any, Literal, TypedDict, Unpack

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from crowd import room
from crowd.claims import Claim, ClaimLost
from crowd.errors import DATABASE_IS_AWAY, CrowdError
from crowd.people.models import User, audit
from crowd.projects.models import Project
from crowd.wakeups import wake
from crowd.webhooks.events import record
from tasks.intake.sources.registry import AUTO, SOURCES, recognised
from tasks.intake.turns import TurnOver
from tasks.models import Import

log = logging.getLogger(__name__)


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
    source = recognised(file) if table_format == AUTO else SOURCES[table_format]
    file.seek(0)
    source.check(file, project)
    file.seek(0)
    with transaction.atomic():
        job = Import(project=project, actor=actor, format=source.name, options=options)
        job.file.save("imports/upload", file, save=True)
        audit(actor, "import.started", project.slug, format=source.name, file=file.name)
        transaction.on_commit(lambda: wake("tasks.run_import", job.pk))
    return job


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
            report = SOURCES[job.format].read(claim, file)
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
