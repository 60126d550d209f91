"""A web host's clock may be a day off: only the database's decides how long a lease lasts."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import permutations

import pytest
from django.utils.dateparse import parse_datetime

from tests.drills import oracle
from tests.drills.load import Reply, Request, lease, send_all, submit
from tests.drills.other_clock import web_host
from tests.drills.stage import DATABASE, Stage
from tests.journeys.site import wait_until

LEASE_SECONDS, RETURNED_WITHIN = 5, 60
LABELS_FOLLOW_WITHIN = 30  # seconds: the jobs may take a wake-up from yesterday for one that is out of date
A_FEW_SECONDS = timedelta(seconds=10)


@pytest.fixture(scope="module")
def hosts(stage: Stage) -> Iterator[list[str]]:
    """Where the site is served: today, tomorrow and yesterday."""
    with ExitStack() as running:
        yield [stage.site.url, *(running.enter_context(web_host(stage.site, clock)) for clock in ("+1d", "-1d"))]


def send(host: str, request: Request) -> Reply:
    return send_all(host, [request])[request]


def test_hosts_disagree_on_the_day(hosts: list[str]) -> None:
    dates = [parsedate_to_datetime(send(host, Request("GET", "/healthz")).headers["Date"]) for host in hosts]

    assert [round((date - datetime.now(UTC)) / timedelta(days=1)) for date in dates] == [0, 1, -1]


def test_lease_of_one_host_is_answered_at_another(stage: Stage, hosts: list[str]) -> None:
    slug = stage.new_project(tasks=10, lease_seconds=900)
    worker = stage.workers[0]

    for here, there in permutations(hosts, 2):
        (assignment,) = send(here, lease(slug, worker)).body["assignments"]
        answered = send(there, submit(assignment["token"], worker))
        assert answered.status == 201
        assert almost_now(answered.body["received_at"])
        assert almost_now(assignment["expires_at"], plus=timedelta(seconds=900))

    assert oracle.answers_counted(DATABASE, slug) == len([*permutations(hosts, 2)])
    assert oracle.contradictions(DATABASE) == oracle.NONE
    wait_until(lambda: stage.answers_in_labels(slug) == len([*permutations(hosts, 2)]), LABELS_FOLLOW_WITHIN)


def almost_now(moment: str, *, plus: timedelta = timedelta()) -> bool:
    parsed = parse_datetime(moment)
    assert parsed is not None
    return abs(parsed - plus - datetime.now(UTC)) < A_FEW_SECONDS


def test_leases_of_every_host_end_neither_early_nor_late(stage: Stage, hosts: list[str]) -> None:
    slug = stage.new_project(tasks=len(hosts), min_responses=1, lease_seconds=LEASE_SECONDS)
    forgetful, patient, *_others = stage.workers
    started = time.monotonic()
    leased = {send(host, lease(slug, forgetful)).body["assignments"][0]["token"] for host in hosts}

    ended: list[float] = []  # how long after they were taken
    while len(ended) < len(leased):
        for host in hosts:
            ended += [time.monotonic() - started for _one in send(host, lease(slug, patient)).body["assignments"]]
        assert time.monotonic() - started < LEASE_SECONDS + RETURNED_WITHIN
        time.sleep(0.2)

    assert min(ended) >= LEASE_SECONDS
