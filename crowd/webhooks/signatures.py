"""Secrets of webhooks, and the signatures made with them.

A secret is made from a random number that is stored and the site's key that is not: a copy of the
database signs nothing, and nobody has to decrypt anything.
"""

import base64
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
    """Its digits are base64, too: of a key of 48 bytes, as the standard asks for."""
    return PREFIX + salted_hmac("crowd.webhooks.secret", nonce, secret=key, algorithm="sha256").hexdigest()


def _good_secrets(nonce: str) -> list[str]:
    """What a receiver may have been given: made with the site's key, or with an earlier one that is
    still named."""
    return [_secret(nonce, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def signing_headers(webhook: Webhook, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of the Standard Webhooks scheme, with a signature by each secret that is good
    now."""
    at, secrets_now = int(now.timestamp()), _secrets_now(webhook, now)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{standard_signature(each, message_id, at, body)}" for each in secrets_now),
        # For one release more: what was sent before there was a standard.
        "Crowd-Signature": ",".join([f"t={at}", *(f"v1={_digest(each, at, body)}" for each in secrets_now)]),
    }


def standard_signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """The signature of a message by a secret that is `whsec_` and a key in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, f"{message_id}.{at}.".encode() + body, "sha256")).decode()


def _secrets_now(webhook: Webhook, now: datetime) -> list[str]:
    nonces = [webhook.nonce]
    if webhook.old_until is not None and webhook.old_until > now:
        nonces.append(webhook.old_nonce)
    return [secret for nonce in nonces for secret in _good_secrets(nonce)]


def _digest(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
