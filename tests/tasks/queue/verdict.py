"""What must never be, counted in the tables after the processes have gone home."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.models import Assignment, QueueState, Response, Task

OVER_ASSIGNED = "tasks with more answers and leases than needed"
LET_GO = ("expired", "returned")


def verdict(diaries: Path) -> dict[str, int]:
    """Rule → how often it is broken."""
    counted = Counter(Response.objects.current().values_list("task_id", flat=True))
    standing = Response.objects.filter(replaced_at=None)
    live = list(Assignment.objects.filter(state="live").values_list("task_id", "worker_id"))
    tasks = list(Task.objects.all())
    held = Counter(Assignment.objects.filter(state="live", holds_slot=True).values_list("task_id", flat=True))
    needed = {task.pk: (task.answers_needed, task.purpose) for task in tasks}
    counters = {task.pk: (task.answers_counted, task.leases_live) for task in tasks}
    return {
        OVER_ASSIGNED: sum(s == "work" and counted[t] + held[t] > n for t, (n, s) in needed.items()),
        "tasks answered twice by one worker": _repeated(list(standing.values_list("task_id", "worker_id"))),
        "tasks held twice by one worker": _repeated(live),
        "tasks whose counters are not the counts": sum(c != (counted[t], held[t]) for t, c in counters.items()),
        "queue states whose counters are not the counts": _wrong_queue_states(),
        "acknowledged answers that are lost": sum(_lost(diaries)),
        "open tasks that somebody may have and nobody got": _left_over(),
    }


def _repeated(pairs: list[tuple[int, int]]) -> int:
    return len(pairs) - len(set(pairs))


def _wrong_queue_states() -> int:
    held = Counter(Assignment.objects.filter(state="live").values_list("worker_id", flat=True))
    skipped = Counter(Assignment.objects.filter(state="skipped").values_list("worker_id", flat=True))
    leased = Counter(Response.objects.filter(replaced_at=None).values_list("worker_id", flat=True))
    found = {
        queue_state.pk: (queue_state.held, queue_state.skipped, queue_state.answered)
        for queue_state in QueueState.objects.all()
    }
    return sum(queue_state != (held[pk], skipped[pk], leased[pk]) for pk, queue_state in found.items())


def _lost(diaries: Path) -> Iterator[bool]:
    rows = Response.objects.values_list("pk", "worker_id", "task_id", "answer", "replaced_at")
    stored = {pk: (worker, task, answer, at is not None) for pk, worker, task, answer, at in rows}
    for diary in diaries.glob("*.jsonl"):
        lines: list[Any] = [json.loads(line) for line in diary.read_text().splitlines()]
        undone = {line[1] for line in lines if line[0] == "undone"}
        for _stored, pk, task, answer in (line for line in lines if line[0] == "stored"):
            yield stored.get(pk) != (int(diary.stem), task, answer, pk in undone)


def acknowledged(diaries: Path) -> int:
    """How many answers were acknowledged, each counted once."""
    lines = (json.loads(line) for diary in diaries.glob("*.jsonl") for line in diary.read_text().splitlines())
    return len({line[1] for line in lines if line[0] == "stored"})


def _left_over() -> int:
    workers = set(QueueState.objects.values_list("pk", flat=True))
    done = Assignment.objects.exclude(state__in=LET_GO)
    seen = set(done.values_list("task_id", "worker_id"))
    open_tasks = Task.objects.filter(purpose="work", is_open=True).values_list("pk", flat=True)
    return sum(any((task, worker) not in seen for worker in workers) for task in open_tasks)
