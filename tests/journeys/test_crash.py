"""What the server acknowledged it keeps, even if every process of it is killed in the midst of the work."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from tests.journeys.family import running
from tests.journeys.site import Reply, Site, wait_until

WORKERS = [f"worker{number}@example.org" for number in range(4)]
ENOUGH = 60  # acknowledged answers, after which the blow may fall


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer that a worker gave."""

    key: str
    token: str

    def send(self, site: Site) -> Reply:
        return site.call("PUT", f"/assignments/{self.token}/response", self.key, {"answer": "yes", "seconds": 1.0})


def test_killing_every_process_loses_no_acknowledged_response(start_site: Callable[..., Site]) -> None:
    site = start_site().wait_until_announced()
    keys = start_project(site)
    acknowledged: dict[Submission, Any] = {}  # and what came back for it

    with ThreadPoolExecutor(len(keys)) as people:
        work = [people.submit(answer_until_cut_off, site, key, acknowledged) for key in keys]
        wait_until(lambda: len(acknowledged) >= ENOUGH, 60)
        kill_every_process(site)
    assert [person.result() for person in work] == ["cut off"] * len(keys)

    site = start_site().wait_until_announced()
    sent_again = {submission: submission.send(site) for submission in acknowledged}
    assert sent_again == {submission: Reply(200, body) for submission, body in acknowledged.items()}


def start_project(site: Site) -> list[str]:
    """Make a project with more tasks than will be answered; return its workers' keys."""
    (owner,) = site.keys("alice@example.org")
    schema = {"type": "choice", "classes": ["yes", "no"]}
    tasks = [{"external_id": f"t{number}", "data": {"text": f"Bird {number}?"}} for number in range(1000)]
    assert site.call("POST", "/projects", owner, {"slug": "birds", "name": "Birds", "schema": schema}).status == 201
    assert site.call("POST", "/projects/birds/tasks", owner, {"tasks": tasks}).status == 201
    return site.keys(*WORKERS, project="birds", role="worker")


def answer_until_cut_off(site: Site, key: str, acknowledged: dict[Submission, Any]) -> str:
    try:
        while True:
            (assignment,) = site.call("POST", "/projects/birds/assignments", key, {"count": 1}).body["assignments"]
            submission = Submission(key, assignment["token"])
            reply = submission.send(site)
            assert reply.status == 201, reply
            acknowledged[submission] = reply.body
    except (OSError, HTTPException):
        return "cut off"


def kill_every_process(site: Site) -> None:
    everyone = site.family()
    for process in everyone:
        with suppress(ProcessLookupError):  # the kernel was faster: those whose parent is gone end too
            os.kill(process.pid, signal.SIGKILL)
    site.process.wait()
    wait_until(lambda: not everyone & running(), 5)
