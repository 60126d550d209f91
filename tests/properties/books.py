"""The tables: what may never stand in them, and where they differ from the model."""

from collections import Counter
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from tasks.models import Assignment, QueueState, Response, Task
from tests.cast import NUMBERS
from tests.properties.model import Model

IS_REPLACED, IS_VOIDED = Q(replaced_at__isnull=False), Q(voided_at__isnull=False)
ANSWER = ("task", "worker", "answer", "counted")
REMEMBERED = (
    "held",
    "answered",
    "answered_today",
    "skipped",
    "leased",
    "gold_leased",
    "let_go",
    "trained",
    "last_response",
    "last_skip",
)


class Answer(NamedTuple):
    task: int
    worker: int
    value: str
    counted: bool
    replaced: bool
    voided: bool


class Books(NamedTuple):
    """What the tables hold, by key: of tasks their purpose and counters, of leases task, worker,
    slot and state, the answers, and what is remembered of workers."""

    tasks: dict[int, tuple[str, int, int, int]]
    leases: dict[int, tuple[int, int, bool, str]]
    answers: dict[int, Answer]
    queue_states: dict[int, tuple[int | None, ...]]


def buckets() -> dict[int, int]:
    """The bucket of every task."""
    return dict(Task.objects.values_list("pk", "bucket"))


def read_books() -> Books:
    marks = {"is_replaced": IS_REPLACED, "is_voided": IS_VOIDED}
    return Books(
        _rows(Task.objects.all(), "purpose", "answers_needed", "answers_counted", "leases_live"),
        _rows(Assignment.objects.all(), "task_id", "worker_id", "holds_slot", "state"),
        {pk: _answer(*row) for pk, row in _rows(Response.objects.annotate(**marks), *ANSWER, *marks).items()},
        _rows(QueueState.objects.all(), *REMEMBERED),
    )


def _answer(task: int, worker: int, number: int, *rest: bool) -> Answer:
    return Answer(task, worker, list(NUMBERS)[number], *rest)


def _rows(table: QuerySet[Any], *columns: str) -> dict[int, Any]:
    return {pk: tuple(row) for pk, *row in table.values_list("pk", *columns)}


def refuse_broken_rules(books: Books) -> None:
    """Counts rows, and believes neither the counters nor the model."""
    standing = [answer for answer in books.answers.values() if not answer.replaced]
    given = Counter(answer.task for answer in standing if answer.counted and not answer.voided)
    live = [(task, worker) for task, worker, _slot, state in books.leases.values() if state == "live"]
    held = Counter(task for task, _worker, slot, state in books.leases.values() if slot and state == "live")
    assert len({(answer.task, answer.worker) for answer in standing}) == len(standing)
    assert len(set(live)) == len(live)
    for pk, (purpose, needed, counted, leased) in books.tasks.items():
        assert (counted, leased) == (given[pk], held[pk])
        assert purpose != "work" or counted + leased <= needed


def refuse_differences(books: Books, model: Model) -> None:
    answers = {
        pk: Answer(each.task, each.worker, each.value, each.counted, each.replaced, each.voided)
        for pk, each in model.answers.items()
    }
    assert books.answers == answers
    assert books.leases == {
        pk: (each.task, each.worker, each.holds_slot, each.state) for pk, each in model.leases.items()
    }
    purposes = {pk: (piece.purpose, piece.needed) for pk, piece in model.tasks.items()}
    assert {pk: (purpose, needed) for pk, (purpose, needed, *_counters) in books.tasks.items()} == purposes
    for pk, queue_state in books.queue_states.items():
        seat, held = model.workers[pk], model.held(pk)
        counters = (held, seat.answered, seat.answered, seat.skipped, seat.leased, seat.gold_leased, seat.let_go)
        assert queue_state == (*counters, seat.trained, seat.last, seat.last_skip)
