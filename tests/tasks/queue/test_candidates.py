"""The statement that finds a worker's next tasks: how it reads, and that the longest of its kind
may be sent."""

import re
from pathlib import Path

import pytest

from crowd.projects.knobs import MAX_OPEN_LEASES
from crowd.sql import LONGEST
from tasks.models import Task
from tasks.queue.candidates import statement_for
from tasks.queue.visits import AT_WORK

SHOWN = Path(__file__).parents[3] / "docs" / "candidates.sql"


def without_blanks(sql: str) -> str:
    return re.sub(r"--.*|\s", "", sql)


def test_the_statement_is_as_the_documentation_shows_it() -> None:
    sent = statement_for(AT_WORK, 1, from_origin=False).texts["postgresql"]
    assert without_blanks(SHOWN.read_text()) == without_blanks(sent)


@pytest.mark.parametrize("purposes", [AT_WORK, (Task.Purpose.GOLD,), (Task.Purpose.TRAINING,)])
@pytest.mark.parametrize("from_origin", [False, True])
def test_no_statement_is_too_long_for_the_driver_to_remember(purposes: tuple[str, ...], from_origin: bool) -> None:
    texts = statement_for(purposes, MAX_OPEN_LEASES, from_origin=from_origin).texts
    assert max(map(len, texts.values())) <= LONGEST
