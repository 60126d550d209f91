"""Pages about oneself: taking up an invitation, API keys."""

from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy


class InvitationView(PasswordResetConfirmView):
    """Where a new account chooses its password, once."""

    template_name = "people/invitation.html"
    success_url = reverse_lazy("home")
    post_reset_login = True
    post_reset_login_backend = "allauth.account.auth_backends.AuthenticationBackend"
