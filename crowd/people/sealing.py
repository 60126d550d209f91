"""Texts that the database keeps and does not show: a copy of it tells nothing of them without the server's SECRET_KEY.

The standard library has no cipher. A text is added, bit by bit, to what SHAKE-256 makes of a key that is used once;
HMAC tells by which of the server's keys it was sealed, and that nothing of it was changed.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import shake_256

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

NONCE, MARK = 16, 32  # bytes


class Unreadable(ValueError):
    """Sealed for something else, changed, or by a key that the server has no more."""


def sealed(text: str, purpose: str) -> str:
    """The text, for `opened` with the same purpose alone."""
    nonce = secrets.token_bytes(NONCE)
    hidden = _added(text.encode(), settings.SECRET_KEY, nonce, purpose)
    mark = _mark(hidden, settings.SECRET_KEY, nonce, purpose)
    return urlsafe_b64encode(nonce + mark + hidden).decode()


def opened(seal: str, purpose: str) -> str:
    """The text again, with an earlier key of the server too. Raises Unreadable."""
    whole = urlsafe_b64decode(seal)
    nonce, mark, hidden = whole[:NONCE], whole[NONCE : NONCE + MARK], whole[NONCE + MARK :]
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(mark, _mark(hidden, secret, nonce, purpose)):
            return _added(hidden, secret, nonce, purpose).decode()
    raise Unreadable(purpose)


def _added(text: bytes, secret: str, nonce: bytes, purpose: str) -> bytes:
    key = salted_hmac("crowd.people.sealing.text", nonce + purpose.encode(), secret=secret, algorithm="sha256").digest()
    stream = shake_256(key).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, stream, strict=True))


def _mark(hidden: bytes, secret: str, nonce: bytes, purpose: str) -> bytes:
    whole = nonce + len(hidden).to_bytes(8) + hidden + purpose.encode()
    return salted_hmac("crowd.people.sealing.mark", whole, secret=secret, algorithm="sha256").digest()
