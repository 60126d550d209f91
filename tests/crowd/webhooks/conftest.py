"""A project with somebody who listens."""

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from crowd.projects.models import Project
from crowd.webhooks.events import record
from crowd.webhooks.models import Webhook
from crowd.webhooks.subscriptions import make_webhook
from tests.cast import Api
from tests.crowd.webhooks.receiver import Receiver, listening

Happen = Callable[..., None]


@pytest.fixture
def this_machine(settings: Any) -> None:
    """Webhooks may lead here, as an operator can allow it."""
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(this_machine: None) -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def webhook(project: Project, alice: Api, receiver: Receiver) -> Webhook:
    """Tells the receiver of settled labels and disputes."""
    kinds = ["label.settled", "task.disputed"]
    return make_webhook(project=project, actor=alice.user, url=receiver.url, kinds=kinds)


@pytest.fixture
def happen(project: Project) -> Happen:
    """Has labels of these tasks settled."""

    def settle(*tasks: str) -> None:
        with transaction.atomic():
            record(project, "label.settled", [{"task": task, "label": "yes"} for task in tasks])

    return settle
