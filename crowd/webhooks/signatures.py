"""Secrets of webhooks, and the signatures made with them.

A secret is made from a random number that is stored and the site's key that is not: a copy of the database signs
nothing, and nobody has to decrypt anything.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from crowd.webhooks.models import Webhook

PREFIX = "whsec_"


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def secret_of(webhook: Webhook) -> str:
    """What the receiver checks signatures with."""
    return _secret(webhook.nonce)


def _secret(nonce: str, key: str | None = None) -> str:
    return PREFIX + salted_hmac("crowd.webhooks.secret", nonce, secret=key, algorithm="sha256").hexdigest()


def _good_secrets(nonce: str) -> list[str]:
    """What a receiver may have been given: made with the site's key, or with an earlier one that is still named."""
    return [_secret(nonce, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def signature(webhook: Webhook, body: bytes, now: datetime) -> str:
    """The header `Crowd-Signature`: the time, and a signature of time and body for each secret that is good now."""
    nonces = [webhook.nonce]
    if webhook.old_until is not None and webhook.old_until > now:
        nonces.append(webhook.old_nonce)
    at = int(now.timestamp())
    digests = [_digest(secret, at, body) for nonce in nonces for secret in _good_secrets(nonce)]
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])


def _digest(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
