"""Work that outlives a request is a row. One process at a time claims it, shows that it is alive,
and ends it or leaves it to be tried again.

A claim lasts for seconds and is renewed by a thread while the work goes on, however slow that is.
What the work stores, it stores together with `Claim.renew`: a holder that lost its claim, because
it was stopped for long, stores no more. A claim whose process is dead is free at once on the same
machine, and within `TERM` elsewhere.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, models
from django.db.models import F, Q
from django.db.models.functions import Now

from crowd import room
from crowd.holders import LENGTH, is_dead, new_holder

log = logging.getLogger(__name__)

TERM = timedelta(seconds=20)  # a holder of whom nothing is heard for so long has lost its claim
BEAT = 4.0  # seconds between two signs of life
BACK_OFF = [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5)]  # after the first failure, and so on

C = TypeVar("C", bound="Claimed")


class ClaimLost(Exception):
    """Somebody else has the work by now: stop, and store nothing."""


class ClaimedQuerySet(models.QuerySet[C]):
    def held(self) -> Self:
        """What somebody is at."""
        return self.filter(claimed_until__gt=Now())

    def free(self) -> Self:
        """What nobody is at, and what may be tried now."""
        nobodys = Q(claimed_until=None) | Q(claimed_until__lte=Now())
        rested = Q(next_try_at=None) | Q(next_try_at__lte=Now())
        hopeful = Q() if self.model.TRIES is None else Q(attempts__lte=self.model.TRIES)
        return self.filter(nobodys, rested, hopeful)

    def free_the_dead(self) -> Self:
        """Take from dead processes of this machine what they hold. The first try after that is at
        once."""
        for row in self.held().only("pk", "holder", "attempts"):
            if is_dead(row.holder):
                dead = self.model._base_manager.filter(pk=row.pk, holder=row.holder)
                dead.update(holder="", claimed_until=None, next_try_at=_when(row.attempts - 1))
        return self

    @contextmanager
    def claim(self, pk: Any, *, whatever_runs: bool = False, **columns: Any) -> Iterator["Claim[C] | None"]:
        """Have this row, if it is among these and free, and set columns of it; None otherwise, or
        if its lane is full and that matters.

        Within, work goes on while nobody else has it. Where that ends without an error, the row is
        free again.
        """
        claim = self._take(pk, columns) if whatever_runs or not lane_is_full(self.model.LANE) else None
        if claim is None:
            yield None
            return
        try:
            with _beating(claim):
                yield claim
        except ClaimLost:
            log.warning("%s %s was taken over by somebody else", self.model.__name__, pk)
        except BaseException as error:
            with suppress(DatabaseError):  # the database is away: the claim runs out by itself
                claim.fail(counts=not room.is_why(error))
            raise
        else:
            claim._let_go()

    def _take(self, pk: Any, columns: dict[str, Any]) -> "Claim[C] | None":
        holder = new_holder()
        taken = {"holder": holder, "claimed_until": Now() + TERM, "attempts": F("attempts") + 1, "ran_at": Now()}
        if not self.free().filter(pk=pk).update(**taken, **columns):
            return None
        row = self.model._default_manager.get(pk=pk)
        claim = Claim(row, holder)
        if self.model.TRIES is not None and row.attempts > self.model.TRIES:
            row.give_up()
            claim.fail()
            return None
        return claim


class Claimed(models.Model):
    """A row of work. `attempts` counts how often it was begun since it last got on."""

    LANE: ClassVar[str] = ""  # work of which only so much runs at once (settings.LANES)
    TRIES: ClassVar[int | None] = 3  # without any progress; None is for ever, ever more rarely

    holder = models.CharField(max_length=LENGTH, blank=True, default="", db_default="")
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(null=True)
    ran_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def give_up(self) -> None:
        """Say that all tries have come to nothing."""


@dataclass(frozen=True, slots=True)
class Claim(Generic[C]):
    """The right to do some work, as long as it lasts."""

    row: C
    holder: str

    def renew(self, **columns: Any) -> None:
        """Go on, and note how far the work is. Within a transaction nobody takes the work over
        until that ends, so that what it stores is stored by the holder. Raises ClaimLost."""
        self._update(claimed_until=Now() + TERM, **columns)

    def progress(self, **columns: Any) -> None:
        """The same after a step that need not be done again: whatever fails from here on is a new
        first try."""
        self.renew(attempts=1, **columns)

    def end(self, **columns: Any) -> None:
        """Let go of it with what is to be said of it. Raises ClaimLost."""
        self._update(holder="", claimed_until=None, attempts=0, next_try_at=None, **columns)

    def fail(self, *, counts: bool = True) -> None:
        """Let go of it after an error: it is tried again after a while, and later each time that
        the work, and not its surroundings, was to blame."""
        failures = self._attempts() - (not counts)
        next_try_at = _when(max(failures, 1))
        self._mine().update(holder="", claimed_until=None, attempts=max(failures, 0), next_try_at=next_try_at)

    def _attempts(self) -> int:
        return self._mine().values_list("attempts", flat=True).first() or 0

    def _let_go(self) -> None:
        self._mine().update(holder="", claimed_until=None, attempts=0, next_try_at=None)

    def _mine(self) -> "models.QuerySet[Any]":
        return type(self.row)._base_manager.filter(pk=self.row.pk, holder=self.holder)

    def _update(self, **columns: Any) -> None:
        if not self._mine().update(**columns):
            raise ClaimLost


def _when(failures: int) -> Any:
    return Now() + BACK_OFF[min(failures, len(BACK_OFF)) - 1] if failures > 0 else None


def lane_is_full(lane: str) -> bool:
    """Whether as much work of this kind runs as may at once. Two who ask at the same moment may
    both begin."""
    if not lane:
        return False
    kinds: list[Any] = [model for model in apps.get_models() if issubclass(model, Claimed) and lane == model.LANE]
    return sum(kind._base_manager.filter(claimed_until__gt=Now()).count() for kind in kinds) >= settings.LANES[lane]


_held: set[Claim[Any]] = set()
_lock = threading.Lock()
_pulse: threading.Thread | None = None


@contextmanager
def _beating(claim: Claim[Any]) -> Iterator[None]:
    """Show meanwhile that the holder is alive, from a thread of its own: the work may take long
    over one step."""
    global _pulse  # noqa: PLW0603 (one thread a process, started by the first who needs it, after any fork)
    with _lock:
        _held.add(claim)
        if _pulse is None or not _pulse.is_alive():
            _pulse = threading.Thread(target=_beat, name="claims", daemon=True)
            _pulse.start()
    try:
        yield
    finally:
        with _lock:
            _held.discard(claim)


def _beat() -> None:
    global _pulse  # noqa: PLW0603
    pause = threading.Event()
    while True:
        pause.wait(BEAT)
        with _lock:
            claims = list(_held)
            if not claims:
                _pulse = None
                return
        for claim in claims:
            with suppress(DatabaseError, ClaimLost):  # the work itself finds out
                claim.renew()
        connections.close_all()  # this thread's own
