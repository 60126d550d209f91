"""The queue as a state machine. `python -m benchmarks.properties` runs thousands of what is run
here."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from crowd.projects.models import Order
from tests.properties.machine import Queue

RUNS, STEPS = 30, 50


def check_runs(runs: int, steps: int, *, fresh: bool = False) -> None:
    """So many runs, a fifth of them beginning in each order: the same each time, or fresh ones. One
    that fails is made as short as can be and printed."""
    options = settings(
        max_examples=runs // len(Order),
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=not fresh,
        suppress_health_check=list(HealthCheck),
    )
    for order in Order:
        run_state_machine_as_test(type("Queue", (Queue,), {"first_order": order}), settings=options)


def without_rescue() -> dict[str, Any]:
    """With these nobody ever makes a lap from the beginning, and no moment counts as unsettled: in
    one process nobody else is at work. SQLite's clock has milliseconds."""
    return {"SETTLING": 2000 if connection.vendor == "sqlite" else 0, "WHOLE_LAP": 2**62}


def test_queue_does_what_the_model_of_it_does(db: None) -> None:
    check_runs(RUNS, STEPS)


def test_cursors_alone_miss_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in without_rescue().items():
        monkeypatch.setattr(f"tasks.queue.cursors.{name}", value)
    check_runs(RUNS, STEPS)
