"""Passwords are hashed one at a time in each process: a hash takes 100 MiB, and whoever reaches the
sign-in page could have any number made side by side."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext as _

from crowd.errors import CrowdError

WAITING = 4  # who may wait for a turn: the threads that are left go on answering everybody else
PATIENCE = 5.0  # seconds

_places = threading.BoundedSemaphore(1 + WAITING)
_turn = threading.Lock()


class SignInBusy(CrowdError):
    status, code, retry_after = 503, "sign_in_busy", 5


@contextmanager
def turn() -> Iterator[None]:
    """Be the only one in this process that hashes. Raises SignInBusy, whoever the password is
    of."""
    if not _places.acquire(blocking=False):
        raise _busy()
    try:
        if not _turn.acquire(timeout=PATIENCE):
            raise _busy()
        try:
            yield
        finally:
            _turn.release()
    finally:
        _places.release()


def _busy() -> SignInBusy:
    return SignInBusy(_("Many people are signing in just now. Try again in a few seconds."))


class Argon2InTurn(Argon2PasswordHasher):
    def encode(self, password: str, salt: str) -> str:
        with turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with turn():
            return super().verify(password, encoded)
