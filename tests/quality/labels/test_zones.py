"""Every time that leaves the service says in which zone it is, and is the same in every form."""

import io
import json
import re
from collections.abc import Callable, Iterator
from csv import DictReader
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from crowd.projects.models import Project
from tests.cast import Api
from tests.quality.refresh.test_scheduling import vote

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def lived_in(tasks: Project, alice: Api, bob: Api, refreshed: Callable[[], None]) -> Project:
    """A project with labels, a decision, gold, a lease, an answer, a replay and a webhook."""
    vote(alice, *[f"t{n} w{w} yes" for n in range(4) for w in range(5)])
    alice("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": "no"})
    alice("PUT", "/projects/birds/tasks/t1/gold", {"answer": "yes"})
    leases = bob("POST", "/projects/birds/assignments", {"count": 2}).json()["assignments"]
    bob("PUT", f"/assignments/{leases[0]['token']}/response", {"answer": "yes"})
    alice("POST", "/projects/birds/replays", {})
    alice("POST", "/projects/birds/webhooks", {"url": "https://example.com/hook", "events": ["label.settled"]})
    refreshed()
    return tasks


def moments(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON document that begins as a time does, by the name of its field."""
    if isinstance(value, dict):
        for field, part in value.items():
            yield from moments(part, field)
    elif isinstance(value, list):
        for part in value:
            yield from moments(part, name)
    elif isinstance(value, str) and MOMENT.match(value):
        yield name, value


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("", ""),
        ("/labels", "updated_at"),
        ("/disputes?state=open", ""),
        ("/gold", "created_at"),
        ("/tasks/t0/adjudication", "decided_at"),
        ("/tasks/t0/adjudication", "at"),
        ("/members", ""),
        ("/imports", ""),
        ("/replays", "requested_at"),
        ("/webhooks", ""),
        ("/budget", ""),
        ("/workers", ""),
    ],
)
def test_times_of_the_api_carry_their_zone(lived_in: Project, alice: Api, path: str, field: str) -> None:
    found = list(moments(alice("GET", f"/projects/birds{path}").json()))
    assert [each for each in found if not ZONED.fullmatch(each[1])] == []
    assert not field or field in dict(found)


def test_times_of_a_workers_replies_carry_their_zone(lived_in: Project, bob: Api) -> None:
    replies = [
        bob("POST", "/projects/birds/assignments", {"count": 1}).json(),
        bob("GET", "/projects/birds/responses/mine").json(),
    ]
    found = list(moments(replies))
    assert "expires_at" in dict(found)
    assert [each for each in found if not ZONED.fullmatch(each[1])] == []


def test_exports_in_every_form_tell_the_same_times_with_their_zone(lived_in: Project, alice: Api) -> None:
    rows = alice("GET", "/projects/birds/labels").json()["results"]
    told = {row["task"]: row["updated_at"] for row in rows if row["updated_at"]}
    csv, lines, parquet = (
        b"".join(alice("GET", f"/projects/birds/labels.{form}").streaming_content)
        for form in ("csv", "jsonl", "parquet")
    )
    by_csv = {row["task"]: row["updated_at"] for row in DictReader(io.StringIO(csv.decode())) if row["updated_at"]}
    by_line = {row["task"]: row["updated_at"] for row in map(json.loads, lines.splitlines()) if row["updated_at"]}
    column = pq.read_table(io.BytesIO(parquet))
    stored = {row["task"]: row["updated_at"] for row in column.to_pylist() if row["updated_at"]}
    assert told
    assert all(ZONED.fullmatch(each) for each in told.values())
    assert by_csv == by_line == told
    assert column.schema.field("updated_at").type.tz == "UTC"
    assert stored == {task: datetime.fromisoformat(each) for task, each in told.items()}
