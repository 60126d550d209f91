"""The page shows what arrives."""

import json
import re
from datetime import datetime

from crowd.projects.models import Project
from crowd.webhooks.delivering import deliver_due
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from tests.cast import Api
from tests.crowd.webhooks.receiver import Receiver
from tests.docs.shown import block
from tests.quality.refresh.test_scheduling import vote


def test_an_event_arrives_in_the_form_that_is_shown(tasks: Project, alice: Api, receiver: Receiver) -> None:
    shown, _, body = block("docs/webhooks.md", "POST").partition("\n\n")
    request, *lines = shown.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    event = json.loads(body.replace(",…", ""))
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority", "min_responses": 2, "max_responses": 3}})
    made = alice("POST", "/projects/birds/webhooks", {"url": receiver.url, "kinds": [event["kind"]]}).json()
    refresh_project(tasks.pk)
    vote(alice, "t1 a yes", "t1 b yes")
    tasks.refresh_from_db()
    keep_up(tasks)
    deliver_due(made["id"])

    (arrived,) = receiver.received
    sent = json.loads(arrived.body)
    assert request == "POST /your/path HTTP/1.1"
    assert {name: shape(arrived.headers[name]) for name in headers} == {
        name: shape(value) for name, value in headers.items()
    }
    assert list(sent) == list(event)
    assert (sent["kind"], sent["data"]["task"]) == (event["kind"], event["data"]["task"])
    assert (
        datetime.fromisoformat(sent["created_at"]).utcoffset()
        == datetime.fromisoformat(event["created_at"]).utcoffset()
    )
    assert shape(arrived.body.decode())[:20] == shape(body)[:20]


def shape(text: str) -> str:
    """A text without what differs from event to event: its numbers, and the signature."""
    return re.sub(r"\d+", "0", re.sub(r"(?<=^v1,)[A-Za-z0-9+/]{43}=$", "signature", text))
