"""Accounts come by invitation: there is no open sign-up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit


class AddressTaken(CrowdError):
    status, code = 409, "address_taken"


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def get_or_invite(email: str) -> tuple[User, bool]:
    """The account of this address, made without a password where there is none; and whether it was made now."""
    user = User.objects.filter(email=email.lower()).first()
    return (user, False) if user else (User.objects.create_user(email), True)


def invitation_path(user: User) -> str:
    """A single-use link by which a new account chooses its password."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("invitation", kwargs={"uidb64": uid, "token": default_token_generator.make_token(user)})


def invitation_works(user: User, link: str) -> bool:
    """Whether this link of the account still leads to choosing a password."""
    return default_token_generator.check_token(user, link.rpartition("/")[2])


def renewed_invitation_path(user: User) -> str:
    """A new invitation link; those made before work no longer."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return invitation_path(user)


def newcomer(email: str, password: str) -> User:
    """An account that its holder makes, not stored yet: hashing takes long, and no transaction should wait for it."""
    user = User(email=User.objects.normalize_email(email).lower(), address_confirmed=False)
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
