"""How an account comes to be, and whose it is.

There is no open sign-up. An account is entered by one of two links. The *invitation* is shown to
whoever invited, so it says nothing about the address. The *proof* reaches nobody but the holder of
the address, by mail or by the hand of the operator who printed it: choosing a password by it
confirms the address, and ends what others had in the account.
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import Signer
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.people.signals import address_confirmed


class AddressTaken(CrowdError):
    status, code = 409, "address_taken"


class AddressNotConfirmed(CrowdError):
    status, code = 409, "address_not_confirmed"


class LinkUsed(CrowdError):
    status, code = 410, "link_used"


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class InvitationTokens(PasswordResetTokenGenerator):
    key_salt = "crowd.people.invitation"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.address_confirmed}"


class ProofTokens(PasswordResetTokenGenerator):
    key_salt = "crowd.people.proof"


invitation_tokens, proof_tokens = InvitationTokens(), ProofTokens()


def get_or_invite(email: str) -> tuple[User, bool]:
    """The account of this address, made without a password where there is none; and whether it was
    made now."""
    return User.objects.get_or_create(
        email=User.objects.normalize_email(email).lower(), defaults={"password": make_password(None)}
    )


def invitation_path(user: User) -> str:
    """A single-use link by which a new account chooses its password. Whoever invited may see it."""
    return _path("invitation", user, invitation_tokens)


def proof_path(user: User) -> str:
    """A single-use link by which the holder of the address chooses a password. Nobody else may see
    it."""
    return _path("proof", user, proof_tokens)


def _path(page: str, user: User, tokens: PasswordResetTokenGenerator) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse(page, kwargs={"uidb64": uid, "token": tokens.make_token(user)})


def invitation_works(user: User, link: str) -> bool:
    """Whether this link of the account still leads to choosing a password."""
    return invitation_tokens.check_token(user, link.rpartition("/")[2])


def renewed_invitation_path(user: User) -> str:
    """A new invitation link; those made before work no longer."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return invitation_path(user)


@transaction.atomic
def accept_invitation(*, user: User, password_hash: str) -> None:
    """Give an account its first password. Raises LinkUsed where somebody was quicker."""
    if not User.objects.unclaimed().filter(pk=user.pk, password=user.password).update(password=password_hash):
        raise _used()
    user.password = password_hash
    audit(user, "password.chosen", user.email, by="invitation")


@transaction.atomic
def prove(*, user: User, password_hash: str, revoke_keys: bool = False) -> None:
    """Hand an account over to the holder of its address. Raises LinkUsed.

    The password ends every session. Keys that were made before anybody had proved the address may
    be somebody else's, and are revoked; others are if it is asked for.
    """
    claimed = User.objects.filter(pk=user.pk, password=user.password)
    if not claimed.update(password=password_hash, address_confirmed=True):
        raise _used()
    user.password = password_hash
    audit(user, "password.chosen", user.email, by="proof")
    if revoke_keys or not user.address_confirmed:
        revoke_all_keys(user, actor=user)
    if not user.address_confirmed:
        user.address_confirmed = True
        audit(user, "address.confirmed", user.email)
        address_confirmed.send(sender=User, user=user)


@transaction.atomic
def change_password(*, user: User, password_hash: str, revoke_keys: bool) -> None:
    """Give an account another password, which ends its sessions; and its keys, if asked."""
    user.password = password_hash
    user.save(update_fields=["password"])
    audit(user, "password.changed", user.email)
    if revoke_keys:
        revoke_all_keys(user, actor=user)


def _used() -> LinkUsed:
    return LinkUsed(_("This link has been used. Sign in with the password that was chosen, or ask for a new link."))


@transaction.atomic
def vouch_for(user: User) -> bool:
    """Confirm the address of an account that nobody has entered, on an operator's word; say whether
    it is confirmed.

    Links that inviters hold end. An account that somebody has entered may not be the holder's: only
    a proof settles it.
    """
    nobodys = User.objects.unclaimed().filter(pk=user.pk)
    if nobodys.update(address_confirmed=True, password=make_password(None)):
        user.refresh_from_db()
        audit(None, "address.confirmed", user.email, by="command line")
        address_confirmed.send(sender=User, user=user)
    return user.address_confirmed


def revoke_all_keys(user: User, *, actor: User) -> None:
    for key in user.api_keys.filter(revoked_at=None).select_related("user"):
        key.revoke(actor=actor, reason="password")


def owner_path() -> str | None:
    """Where the first account is made, as long as nobody can sign in."""
    if User.objects.can_sign_in().exists():
        return None
    return reverse("welcome", kwargs={"token": _owner_token()})


def _owner_token(key: str | None = None) -> str:
    return str(Signer(salt="crowd.people.first_owner").signature("first", key))


def refuse_unless_first(token: str) -> None:
    """Raises LinkUsed, once there is somebody who can sign in, and for links that never were."""
    right = any(
        constant_time_compare(token, _owner_token(key)) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    )
    if not right or User.objects.can_sign_in().exists():
        raise _used()


def make_first_owner(user: User) -> None:
    """Store the account of who runs the site: what the server printed has reached them. Raises
    LinkUsed."""
    user.is_superuser = user.address_confirmed = True
    with transaction.atomic():
        save_newcomer(user)
        audit(user, "account.made_superuser", user.email, by="first start")


def how_to_confirm(email: str, *, mailed: bool = False) -> str:
    """What has to be done so that this address becomes confirmed; `mailed` where a mail was sent
    for it."""
    if settings.MAIL_WORKS and mailed:
        return _("A link is mailed to {email}; “Forgot your password?” on the sign-in page sends another.").format(
            email=email
        )
    if settings.MAIL_WORKS:
        return _("{email} can confirm it by “Forgot your password?” on the sign-in page.").format(email=email)
    return _(
        "Ask whoever runs this server to print a link with “./script/manage reset_link {email}” and to hand it to them."
    ).format(email=email)


def newcomer(email: str, password: str) -> User:
    """An account that its holder makes, not stored yet: hashing takes long, and no transaction
    should wait for it."""
    user = User(email=User.objects.normalize_email(email).lower())
    user.set_password(password)
    return user


def save_newcomer(user: User) -> None:
    """Store a new account. Raises AddressTaken."""
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise AddressTaken(_("There is an account with this address already. If it is yours, sign in.")) from error
    audit(user, "account.made", user.email)
