"""Accounts, their API keys, and what was done in their name."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crowd.claims import Claimed, ClaimedQuerySet
from crowd.sql import Columns, Statement, moment

KEY_PREFIX = "crowd_"
LAST_USED_RESOLUTION = timedelta(minutes=1)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: bool) -> "User":
        """A new account; without a password it can only be entered by a link or an API key."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def can_sign_in(self) -> "models.QuerySet[User]":
        """Accounts that somebody may enter with a password."""
        return self.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def unclaimed(self) -> "models.QuerySet[User]":
        """Accounts that nobody can have entered yet: no password was chosen, and no program has a
        key. One whose address is confirmed is its holder's, and no inviter's to hand out."""
        nobodys = self.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None, is_superuser=False)
        return nobodys.filter(api_keys=None, address_confirmed=False)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person. What they may do is said by their memberships; a superuser may act as owner of
    every project."""

    email = models.EmailField(_("email"), unique=True)
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False)
    # Whether a mail reached this address, or an operator's command said whose it is. Until then the
    # account may be anybody's: an inviter holds the invitation, and who joins by a link types in
    # what they like.
    address_confirmed = models.BooleanField(default=False)
    date_joined = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.email

    @property
    def may_make_keys(self) -> bool:
        """Whoever holds a foreign address must not leave a door open in its account."""
        return self.address_confirmed

    @property
    def may_use_api(self) -> bool:
        return self.may_make_keys or self.api_keys.filter(revoked_at=None).exists()


class Scope(models.TextChoices):
    EVERYTHING = "all", _("everything I may do")
    LABELS = "labels:read", _("read labels only")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def create_key(
        self, *, user: User, name: str, scope: str = Scope.EVERYTHING, days: int | None = None
    ) -> tuple["ApiKey", str]:
        """A new key and its secret. Only a hash is stored: the secret can't be shown again."""
        secret = KEY_PREFIX + secrets.token_urlsafe(32)
        expires_at = Now() + timedelta(days=days) if days else None
        key = self.create(user=user, name=name, scope=scope, digest=digest_of(secret), expires_at=expires_at)
        return key, secret

    def find(self, secret: str) -> "ApiKey | None":
        """The key with this secret and whose it is, with the time by the database's clock."""
        for row in _FIND.rows(digest=digest_of(secret)):
            key = _KEY.build(row[: _KEY.width])
            key.user, key.read_at = _USER.build(row[_KEY.width : -1]), moment(row[-1])
            return key
        return None


class ApiKey(models.Model):
    """Lets a program act as a user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=20, choices=Scope.choices, default=Scope.EVERYTHING)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ApiKeyQuerySet.as_manager()

    read_at: datetime  # the time by the database's clock when the key was read

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= self.read_at

    def revoke(self, *, actor: User, reason: str = "") -> None:
        """End the key for good; again changes nothing."""
        if ApiKey.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=Now()):
            audit(actor, "key.revoked", self.user.email, name=self.name, **({"reason": reason} if reason else {}))

    def touch(self) -> None:
        """Remember the use, to the minute: a busy key must not cost a write per request."""
        if self.last_used_at is None or self.read_at - self.last_used_at > LAST_USED_RESOLUTION:
            ApiKey.objects.filter(pk=self.pk).update(last_used_at=Now())


_KEY = Columns(ApiKey, "api_key")
_USER = Columns(User, "person", "id", "email", "is_active", "is_superuser", "address_confirmed")
_FIND = Statement(
    """
    SELECT {key}, {user}, {now} FROM people_apikey AS api_key
    JOIN people_user AS person ON person.id = api_key.user_id WHERE api_key.digest = %(digest)s""",
    key=_KEY.select,
    user=_USER.select,
)


def digest_of(secret: str) -> str:
    """SHA-256 is enough: the secret is 256 random bits, so there is nothing to guess slowly."""
    return hashlib.sha256(secret.encode()).hexdigest()


class AuditEvent(models.Model):
    """Who did what to what, and when. Rows are only ever added: a trigger refuses everything else,
    and so the actor stays named by number even when the account is gone."""

    actor = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.TextField()
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("subject", "id", name="audit_of_subject")]


def audit(actor: User | None, action: str, subject: str, **detail: Any) -> None:
    """Record an action; called inside the transaction that does it, so that both happen or
    neither."""
    AuditEvent.objects.create(actor=actor, action=action, subject=subject, detail=detail)


class StoredReply(models.Model):
    """The answer a POST with an Idempotency-Key got, given again when the request is retried."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)  # a text, sealed (crowd.people.idempotency)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_reply_per_key")]


class Mail(Claimed):
    """A mail that is wanted: to the holder of an address, with a link by which they choose a
    password."""

    class Reason(models.TextChoices):
        RESET = "reset", _("a password was forgotten")
        ADDED = "added", _("a role waits for the address to be confirmed")

    TRIES = None

    address = models.CharField(max_length=254)  # as it was typed in: there may be no such account
    reason = models.CharField(max_length=8, choices=Reason.choices)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[ClaimedQuerySet["Mail"]] = ClaimedQuerySet.as_manager()  # type: ignore[assignment]


class MediaFolder(models.Model):
    """The name of the folder that pictures are in, which stands in a file there, too: at most one
    row."""

    only = models.BooleanField(default=True, unique=True)
    name = models.CharField(max_length=32)
