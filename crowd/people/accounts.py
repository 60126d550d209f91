"""Accounts come by invitation: there is no open sign-up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from crowd.people.models import User


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
