"""Signed requests: what the documented recipe accepts and refuses."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from crowd.webhooks.delivering import deliver_due
from crowd.webhooks.models import Webhook
from crowd.webhooks.signatures import secret_of
from crowd.webhooks.subscriptions import rotate_secret
from tests.cast import Api
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.receiver import Receiver
from tests.crowd.webhooks.recipe import is_genuine, the_recipe


def test_the_recipe_refuses_what_was_forged_altered_or_recorded_long_ago(
    webhook: Webhook, receiver: Receiver, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen("t0")
    deliver_due(webhook.pk)
    (request,) = receiver.received
    signature = request.headers["Crowd-Signature"]
    assert not is_genuine("whsec_guess", request)
    assert not the_recipe()(secret_of(webhook), signature, request.body + b" ")
    moved = re.sub(r"t=(\d+)", lambda found: f"t={int(found[1]) + 1}", signature)
    assert not the_recipe()(secret_of(webhook), moved, request.body)
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assert not is_genuine(secret_of(webhook), request)


def test_for_a_day_both_the_old_and_the_new_secret_are_good(
    webhook: Webhook, receiver: Receiver, happen: Happen, alice: Api
) -> None:
    old, new = secret_of(webhook), secret_of(rotate_secret(webhook=webhook, actor=alice.user))
    happen("t0")
    deliver_due(webhook.pk)
    Webhook.objects.update(old_until=timezone.now() - timedelta(seconds=1))
    happen("t1")
    deliver_due(webhook.pk)
    assert old != new
    assert [[is_genuine(secret, request) for secret in (old, new)] for request in receiver.received] == [
        [True, True],
        [False, True],
    ]
