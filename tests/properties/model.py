"""What the queue promises, in plain Python: slow, without a database, and short enough to be
believed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

OPEN_LEASES = 4


@dataclass(eq=False)
class Piece:
    """A task."""

    needed: int
    purpose: str = "work"


@dataclass(eq=False)
class Lease:
    task: int
    worker: int
    holds_slot: bool = True
    state: str = "live"


@dataclass(eq=False)
class Given:
    """An answer. `value` is what the worker was told is stored."""

    task: int
    worker: int
    lease: int
    value: str
    counted: bool
    replaced: bool = False
    voided: bool = False

    @property
    def fills_a_slot(self) -> bool:
        return self.counted and not self.replaced and not self.voided


@dataclass(eq=False)
class Seat:
    """What is remembered of a worker."""

    paused: bool = False
    trained: int = 0
    answered: int = 0
    skipped: int = 0
    leased: int = 0
    gold_leased: int = 0
    let_go: int = 0
    last: int | None = None
    last_skip: int | None = None
    unfinished: list[int] = field(default_factory=list)


@dataclass
class Model:
    """Tasks, leases and answers by their keys. Nothing here is counted but by looking at all of
    them."""

    minimum: int
    maximum: int
    training_tasks: int = 0
    workers: dict[int, Seat] = field(default_factory=dict)
    tasks: dict[int, Piece] = field(default_factory=dict)
    leases: dict[int, Lease] = field(default_factory=dict)
    answers: dict[int, Given] = field(default_factory=dict)

    # What is so

    def counted(self, task: int) -> int:
        return sum(given.task == task and given.fills_a_slot for given in self.answers.values())

    def live(self, task: int) -> int:
        """Leases that hold a slot."""
        return sum(each.task == task and each.state == "live" and each.holds_slot for each in self.leases.values())

    def held(self, worker: int) -> int:
        return sum(lease.worker == worker and lease.state == "live" for lease in self.leases.values())

    def has_slot(self, task: int) -> bool:
        piece = self.tasks[task]
        return piece.purpose != "work" or piece.needed > self.counted(task) + self.live(task)

    def standing(self, task: int, worker: int) -> tuple[int, Given] | None:
        """The answer that this worker has given to this task, if it was not taken back."""
        pair = (task, worker)
        return next(((k, g) for k, g in self.answers.items() if (g.task, g.worker) == pair and not g.replaced), None)

    def live_lease(self, task: int, worker: int) -> int | None:
        wanted = (task, worker, "live")
        return next((k for k, each in self.leases.items() if (each.task, each.worker, each.state) == wanted), None)

    def may_have(self, worker: int, purpose: str) -> set[int]:
        """What may be leased to this worker now of tasks never seen."""
        seen = {each.task for each in self.leases.values() if each.worker == worker}
        return {t for t, piece in self.tasks.items() if piece.purpose == purpose and t not in seen and self.has_slot(t)}

    def let_go(self, worker: int) -> list[int]:
        """What comes again to this worker before anything new, in this order: what was handed back
        or forgotten, open or not. What was answered or skipped never does, not even if the answer
        was taken back; a skip that was taken back is none."""
        mine = [(each.task, each.state) for each in self.leases.values() if each.worker == worker]
        not_now = {task for task, state in mine if state in ("live", "submitted", "skipped")}
        return [t for t in self.workers[worker].unfinished if t not in not_now and self.tasks[t].purpose != "training"]

    def is_training(self, worker: int) -> bool:
        return self.workers[worker].trained < self.training_tasks

    def allowance(self, worker: int) -> int:
        allowed = OPEN_LEASES - self.held(worker)
        left = self.training_tasks - self.workers[worker].trained - self.held(worker)
        return min(allowed, left) if self.is_training(worker) else allowed

    # What is done

    def lease(self, key: int, task: int, worker: int) -> None:
        seat = self.workers[worker]
        self.leases[key] = Lease(task, worker, self.has_slot(task))
        seat.leased += 1
        if self.is_training(worker):
            return
        if task in seat.unfinished:
            seat.unfinished.remove(task)
        else:
            seat.gold_leased += self.tasks[task].purpose == "gold"
        seat.unfinished.append(task)

    def will_take(self, key: int) -> bool | None:
        """Whether an answer by this lease will count; None if it will not be taken."""
        lease = self.leases[key]
        if lease.state not in ("live", "expired", "returned") or self.standing(lease.task, lease.worker):
            return None
        if self.workers[lease.worker].paused:
            return False
        newer = self.live_lease(lease.task, lease.worker)
        return (newer is not None and self.leases[newer].holds_slot) or self.has_slot(lease.task)

    def submit(self, key: int, answer: int, value: str, *, counted: bool) -> None:
        lease = self.leases[key]
        newer = self.live_lease(lease.task, lease.worker)
        if newer is not None:
            self.leases[newer].state = "submitted"
        lease.state = "submitted"
        self.answers[answer] = Given(lease.task, lease.worker, key, value, counted)
        seat = self.workers[lease.worker]
        seat.answered, seat.last, seat.last_skip = seat.answered + 1, answer, None
        seat.trained += self.tasks[lease.task].purpose == "training"

    def return_leases(self, worker: int) -> None:
        """What happens to all that a worker holds who is paused."""
        for lease in self.leases.values():
            if lease.worker == worker and lease.state == "live":
                lease.state = "returned"

    def close(self, key: int, state: str) -> bool:
        """End a lease without an answer; whether that is allowed. Doing it again changes
        nothing."""
        lease = self.leases[key]
        if lease.state != "live":
            return lease.state == state
        lease.state = state
        seat = self.workers[lease.worker]
        if state == "skipped":
            seat.skipped, seat.last_skip = seat.skipped + 1, key
        else:
            seat.let_go += 1
        return True

    def last_done(self, worker: int) -> int | None:
        """The lease that was answered or skipped last."""
        seat = self.workers[worker]
        return seat.last_skip or (self.answers[seat.last].lease if seat.last else None)

    def may_take_back(self, key: int) -> bool:
        lease = self.leases[key]
        if self.last_done(lease.worker) != key:
            return False
        if self.workers[lease.worker].last_skip:
            return lease.state == "skipped"
        last = self.answers.get(self.workers[lease.worker].last or 0)
        stands = last is not None and not last.replaced and not last.voided
        return stands and self.tasks[lease.task].purpose != "training"

    def take_back(self, key: int, new: int) -> None:
        lease = self.leases[key]
        seat = self.workers[lease.worker]
        if seat.last_skip:
            lease.state = "returned"
            self.leases[new] = Lease(lease.task, lease.worker, self.has_slot(lease.task))
            seat.skipped -= 1
            if self.tasks[lease.task].purpose != "training":
                seat.unfinished = [*(task for task in seat.unfinished if task != lease.task), lease.task]
            return
        given = self.answers[seat.last or 0]
        given.replaced = True
        seat.answered -= 1
        self.leases[new] = Lease(lease.task, lease.worker, given.counted)

    def void(self, worker: int) -> int:
        mine = [g for g in self.answers.values() if g.worker == worker and not g.replaced and not g.voided]
        for given in mine:
            given.voided = True
        return len(mine)

    def restore(self, worker: int) -> int:
        mine = [g for g in self.answers.values() if g.worker == worker and not g.replaced and g.voided]
        for given in mine:
            piece = self.tasks[given.task]
            if given.counted and not self.has_slot(given.task) and piece.needed < self.maximum:
                piece.needed += 1
            given.counted = given.counted and self.has_slot(given.task)
            given.voided = False
        return len(mine)

    def request_another(self, tasks: Sequence[int]) -> int:
        filled = [t for t in tasks if self.tasks[t].needed == self.counted(t) < self.maximum]
        for task in filled:
            self.tasks[task].needed += 1
        return len(filled)

    def settle(self, tasks: Sequence[int]) -> int:
        work = [t for t in tasks if self.tasks[t].purpose == "work" and self.has_slot(t)]
        enough = [t for t in work if self.counted(t) >= self.minimum]
        for task in enough:
            self.tasks[task].needed = self.counted(task) + self.live(task)
        return len(enough)

    def raise_to_minimum(self) -> None:
        for piece in self.tasks.values():
            piece.needed = max(piece.needed, self.minimum)

    def set_purpose(self, task: int, purpose: str) -> None:
        piece = self.tasks[task]
        if piece.purpose != purpose:
            piece.purpose, piece.needed = purpose, max(piece.needed, self.counted(task) + self.live(task))
