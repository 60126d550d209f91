"""Texts that the database keeps and does not show: a copy of it tells nothing without the server's
SECRET_KEY."""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class Unreadable(ValueError):
    """Sealed for something else, changed, or by a key that the server has no more."""


def sealed(text: str, purpose: str) -> str:
    """The text, for `opened` with the same purpose alone."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def opened(seal: str, purpose: str) -> str:
    """The text again, with an earlier key of the server too. Raises Unreadable."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as in `_cipher`

    try:
        return _cipher(purpose).decrypt(seal.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(purpose) from error


def _cipher(purpose: str) -> "MultiFernet":
    # Most processes seal nothing, and the cipher's library is some megabytes of each that imports
    # it.
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    key = salted_hmac("crowd.people.sealing", purpose, secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(key)
