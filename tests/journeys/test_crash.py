"""What the server acknowledged it keeps, even if every process of it is killed in the midst of the
work."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from tests.drills import oracle
from tests.drills.load import Load
from tests.journeys.family import running
from tests.journeys.site import Site, wait_until

WORKERS = [f"worker{number}@example.org" for number in range(4)]
ENOUGH = 60  # acknowledged answers, after which the blow may fall


def test_killing_every_process_loses_nothing_that_was_acknowledged(start_site: Callable[..., Site]) -> None:
    site = start_site().wait_until_announced()

    with Load(site.url, "birds", start_project(site)) as load:
        load.wait_for_answers(ENOUGH)
        kill_every_process(site)
    site = start_site().wait_until_announced()

    assert load.refusals == set()
    assert oracle.forgotten(site.url, load.acknowledged) == {}


def start_project(site: Site) -> list[str]:
    """Make a project with more tasks than will be answered; return its workers' keys."""
    (owner,) = site.keys("alice@example.org")
    schema = {"type": "choice", "classes": ["yes", "no"]}
    tasks = [{"external_id": f"t{number}", "data": {"text": f"Bird {number}?"}} for number in range(1000)]
    assert site.call("POST", "/projects", owner, {"slug": "birds", "name": "Birds", "schema": schema}).status == 201
    assert site.call("POST", "/projects/birds/tasks", owner, {"tasks": tasks}).status == 201
    return site.keys(*WORKERS, project="birds", role="worker")


def kill_every_process(site: Site) -> None:
    everyone = site.family()
    for process in everyone:
        with suppress(ProcessLookupError):  # the kernel was faster: those whose parent is gone end too
            os.kill(process.pid, signal.SIGKILL)
    site.process.wait()
    wait_until(lambda: not everyone & running(), 5)
