"""Signed requests: what the documented recipe accepts and refuses."""

import base64
import hashlib
import hmac
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from crowd.webhooks.delivering import deliver_due
from crowd.webhooks.models import Webhook
from crowd.webhooks.signatures import secret_of, standard_signature
from crowd.webhooks.subscriptions import rotate_secret
from tests.cast import Api
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.deliveries import let_time_pass
from tests.crowd.webhooks.receiver import Receiver
from tests.crowd.webhooks.recipe import is_genuine, the_recipe


def test_the_recipe_refuses_what_was_forged_altered_or_recorded_long_ago(
    webhook: Webhook, receiver: Receiver, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen("t0")
    deliver_due(webhook.pk)
    (request,) = receiver.received
    secret, headers = secret_of(webhook), request.headers
    assert is_genuine(secret, request)
    assert not is_genuine("whsec_" + "0" * 64, request)
    assert not the_recipe()(secret, headers, request.body + b" ")
    assert not the_recipe()(secret, headers | {"webhook-id": "evt_0"}, request.body)
    moved = {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}
    assert not the_recipe()(secret, headers | moved, request.body)
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


def test_the_scheme_is_the_standard_one() -> None:
    """The example that libraries of Standard Webhooks are tested with."""
    secret, message, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    signature = standard_signature(secret, message, at, b'{"test": 2432232314}')
    assert signature == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_are_such_as_the_standard_asks_for(webhook: Webhook) -> None:
    prefix, _, key = secret_of(webhook).partition("_")
    assert (prefix, 24 <= len(base64.b64decode(key, validate=True)) <= 64) == ("whsec", True)


def test_the_signature_of_before_is_sent_for_one_release_more(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    happen("t0")
    deliver_due(webhook.pk)
    (request,) = receiver.received
    at, _, signature = request.headers["Crowd-Signature"].partition(",")
    signed = at.removeprefix("t=").encode() + b"." + request.body
    assert signature == "v1=" + hmac.new(secret_of(webhook).encode(), signed, hashlib.sha256).hexdigest()


def test_an_event_that_is_sent_again_keeps_its_id(webhook: Webhook, receiver: Receiver, happen: Happen) -> None:
    receiver.answers = [500]
    happen("t0")
    deliver_due(webhook.pk)
    let_time_pass()
    deliver_due(webhook.pk)
    first, second = (request.headers["webhook-id"] for request in receiver.received)
    assert first == second == f"evt_{receiver.event_ids[0]}"
