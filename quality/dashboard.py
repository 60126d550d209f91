"""What the pages of a project show, read from stored rows by a constant number of queries and
computing nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from crowd.projects.answer_kinds import text_of
from crowd.projects.models import Project
from quality.agreement_report.reading import Measure, measures_of
from quality.disputes.waiting import undecided
from quality.labels.options import LikelyAnswer, likely_answers
from quality.labels.progress import Progress, progress_of
from quality.models import Adjudication, Consensus, Refresh, Summary
from quality.workers.rows import WorkerRow, workers_of
from tasks.faces import TaskFace

WORKERS_SHOWN = 20
DISPUTES_SHOWN = 20
DECISIONS_SHOWN = 5
CHOICES_SHOWN = 4


def digest(shown: object) -> str:
    """Tells whether what a page shows is still what there is."""
    return hashlib.blake2s(repr(shown).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Board:
    """The overview of a project."""

    progress: Progress
    saved: int  # answers, against as many for every task that is decided
    measures: list[Measure]
    measured: bool
    workers: list[WorkerRow]
    more_workers: bool
    method: str
    reason: str
    updated_at: datetime | None
    seconds: float
    error: str
    refreshing: bool


def read_board(project: Project) -> Board:
    summary = Summary.objects.filter(project=project).first()
    workers = [WorkerRow.of(worker) for worker in workers_of(project)[: WORKERS_SHOWN + 1]]
    measures = measures_of(project, summary)
    return Board(
        progress=progress_of(summary),
        saved=summary.budget.get("saved", 0) if summary else 0,
        measures=measures,
        measured=any(measure.interval.value is not None for measure in measures),
        workers=workers[:WORKERS_SHOWN],
        more_workers=len(workers) > WORKERS_SHOWN,
        method=summary.method if summary else "",
        reason=summary.reason if summary else "",
        updated_at=summary.updated_at if summary else None,
        seconds=summary.seconds if summary else 0.0,
        error=summary.error if summary else "",
        refreshing=Refresh.objects.filter(
            project=project, state__in=[Refresh.State.QUEUED, Refresh.State.RUNNING]
        ).exists(),
    )


@dataclass(frozen=True, slots=True)
class Dispute:
    """A task whose answers are used up and that is still unsure: the likely classes, and the rest
    by name."""

    task: TaskFace
    likely: list[LikelyAnswer]
    others: list[LikelyAnswer]
    answers: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided, to be taken back if it was a slip."""

    task: TaskFace
    title: str
    reviewer: str
    version: str


@dataclass(frozen=True, slots=True)
class Disputes:
    disputes: list[Dispute]
    total: int
    exhausted: int
    decisions: list[Decision]


def read_disputes(project: Project) -> Disputes:
    """The least sure of the disputed tasks, and the latest decisions."""
    decided = Adjudication.objects.filter(task__project=project).select_related("task", "reviewer").order_by("-pk")
    text = text_of(project)
    progress = progress_of(Summary.objects.filter(project=project).first())
    return Disputes(
        disputes=[_dispute(project, consensus) for consensus in undecided(project)[:DISPUTES_SHOWN]],
        total=progress.disputed,
        exhausted=progress.exhausted,
        decisions=[
            Decision(
                TaskFace.of(each.task),
                text(each.answer),
                each.reviewer.email if each.reviewer else "",
                each.version,
            )
            for each in decided[:DECISIONS_SHOWN]
        ],
    )


def _dispute(project: Project, consensus: Consensus) -> Dispute:
    ranked = sorted(likely_answers(project, consensus), key=lambda each: -each.share)
    return Dispute(TaskFace.of(consensus.task), ranked[:CHOICES_SHOWN], ranked[CHOICES_SHOWN:], consensus.responses)
