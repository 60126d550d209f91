"""Threads that send: nobody waits for a receiver that takes its time."""

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from crowd.projects.classes import numbered
from crowd.projects.models import Project
from crowd.webhooks import sender_pool
from crowd.webhooks.jobs import deliver
from crowd.webhooks.models import Delivery, Webhook
from crowd.webhooks.signatures import new_nonce
from tests.cast import CHOICE
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.receiver import Receiver, listening

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def project(transactional_db: None) -> Project:
    """Made without an entry in the audit trail, which SQLite would not let go of afterwards."""
    made: Project = Project.objects.create(slug="birds", name="Birds", schema=numbered(CHOICE))
    return made


def webhook_to(receiver: Receiver, project: Project) -> Webhook:
    return Webhook.objects.create(project=project, url=receiver.url, kinds=["label.settled"], nonce=new_nonce())


@pytest.fixture
def webhook(project: Project, receiver: Receiver) -> Webhook:
    return webhook_to(receiver, project)


@pytest.fixture(autouse=True)
def _nobody_is_under_way_afterwards() -> Iterator[None]:
    yield
    wait_until(lambda: not sender_pool._in_hand)


def test_a_silent_receiver_holds_up_neither_the_job_nor_other_webhooks(
    webhook: Webhook, receiver: Receiver, happen: Happen, project: Project
) -> None:
    with listening() as good:
        other = webhook_to(good, project)
        receiver.answers = [lambda handler: handler.rfile.read(1)]  # type: ignore[list-item]
        happen("t0")
        began = time.monotonic()
        deliver(webhook.pk)
        deliver(other.pk)
        took = time.monotonic() - began
        wait_until(lambda: other.deliveries.filter(state="delivered").exists())
        wait_until(lambda: receiver.received)
        assert took < 1
        assert webhook.deliveries.get().state == "waiting"
        wait_until(lambda: webhook.deliveries.get().error == "timeout")


def test_one_webhook_is_never_sent_to_twice_at_once(webhook: Webhook, receiver: Receiver, happen: Happen) -> None:
    under_way: list[int] = []
    most: list[int] = []

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        under_way.append(1)
        most.append(len(under_way))
        time.sleep(0.05)
        under_way.pop()
        handler.send_response(200)
        handler.end_headers()

    receiver.answers = [slowly] * 5
    happen("t0", "t1", "t2", "t3", "t4")
    for _ in range(20):
        deliver(webhook.pk)
        time.sleep(0.01)
    wait_until(lambda: Delivery.objects.filter(state="delivered").count() == 5)
    assert (max(most), receiver.event_ids) == (1, sorted(receiver.event_ids))
