"""Turns: an import is read in steps, and lets others have theirs.

What a step stores and how far the import is are stored together, so that one that is killed goes on
after its last step. A large import that others wait for is put aside after a while and goes on
later: each project has its share.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, OuterRef, Subquery

from crowd.claims import Claim
from crowd.projects.models import Deletion
from tasks.models import Import

SPAN = 10.0  # seconds after which others have their turn, if there are any
PAUSE = 0.5  # of a step's time, in which others write: SQLite has no queue of those who wait for its one lock


class TurnOver(Exception):
    """Others wait: the import goes on later, where it is."""


class Turn:
    """What is left of an import, and how much of it may be read at a time."""

    def __init__(self, claim: Claim[Import], empty_report: dict[str, Any]) -> None:
        self.job = claim.row
        self.done = self.job.done
        self.report: dict[str, Any] = self.job.report or empty_report
        self._claim, self._began, self._total = claim, time.monotonic(), 0

    def note_total(self, total: int) -> None:
        self._total = total
        self._claim.renew(total=total)

    def add(self, outcome: object) -> None:
        """Count in the report what a step stored."""
        for name in self.report:
            self.report[name] += getattr(outcome, name)

    @contextmanager
    def step(self, count: int) -> Iterator[None]:
        """Store so much more of the import, and what is said of it in the report, or nothing.
        Raises TurnOver after it if others wait, and ClaimLost if somebody else has the import."""
        started = time.monotonic()
        with transaction.atomic():
            self._claim.renew()
            yield
            self.done += count
            self._claim.progress(done=self.done, report=self.report)
        if connection.vendor == "sqlite":
            time.sleep(PAUSE * (time.monotonic() - started))
        over = time.monotonic() - self._began > SPAN and self.done < self._total
        if over and _others_wait(self.job):
            raise TurnOver


def _others_wait(job: Import) -> bool:
    others = Import.objects.unfinished().free().exclude(project=job.project_id)
    return others.exists() or Deletion.objects.free().exists()


def next_imports(at_most: int) -> list[int]:
    """Imports that nobody is reading, one of a project, and first those of projects that have
    waited longest. A project of which one is being read has its turn already."""
    unfinished = Import.objects.unfinished().free_the_dead()
    waiting = unfinished.free().exclude(project__in=unfinished.held().values("project"))
    of_project = Import.objects.filter(project=OuterRef("project")).order_by().values("project")
    served = Subquery(of_project.annotate(latest=Max("ran_at")).values("latest"))
    in_order = waiting.annotate(served=served).order_by(F("served").asc(nulls_first=True), "pk")
    first_of_each = {project: pk for pk, project in reversed(in_order.values_list("pk", "project"))}
    return sorted(first_of_each.values(), key=list(in_order.values_list("pk", flat=True)).index)[:at_most]
