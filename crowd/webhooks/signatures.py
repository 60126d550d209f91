"""Secrets of webhooks, and the signatures made with them.

A secret is made from a random number that is stored and the site's key that is not: a copy of the database signs
nothing, and nobody has to decrypt anything.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from crowd.webhooks.models import Webhook

PREFIX = "whsec_"


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def secret_of(webhook: Webhook) -> str:
    """What the receiver checks signatures with."""
    return _secret(webhook.nonce)


def _secret(nonce: str) -> str:
    return PREFIX + salted_hmac("crowd.webhooks.secret", nonce, algorithm="sha256").hexdigest()


def signature(webhook: Webhook, body: bytes, now: datetime) -> str:
    """The header `Crowd-Signature`: the time, and a signature of time and body for each secret that is good now."""
    nonces = [webhook.nonce]
    if webhook.old_until is not None and webhook.old_until > now:
        nonces.append(webhook.old_nonce)
    at = int(now.timestamp())
    return ",".join([f"t={at}", *(f"v1={_digest(_secret(nonce), at, body)}" for nonce in nonces)])


def _digest(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
