"""Pages about an account: choosing a password by a link, changing it, asking for a link."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm, SetPasswordMixin
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crowd.people import accounts, mailing
from crowd.people.models import Mail, User
from crowd.people.signin import AUTHENTICATION_BACKEND, PersonRequest, limited, private, signed_in


class NewAccountForm(SetPasswordMixin, forms.Form):  # type: ignore[type-arg]
    """An account that its holder makes, by the rules that passwords of invited accounts have."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    new_password1, new_password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("Password"), label2=gettext_lazy("Password again")
    )

    def clean(self) -> dict[str, Any]:
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(User(email=self.cleaned_data.get("email", "")), "new_password2")
        return super().clean() or {}


@private
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Where whoever runs the site makes the first account, by the link that the server printed."""
    accounts.refuse_unless_first(token)
    limited(request, "signup")
    form = NewAccountForm(request.POST or None)
    if form.is_valid():
        user = accounts.newcomer(form.cleaned_data["email"], form.cleaned_data["new_password1"])
        try:
            accounts.make_first_owner(user)
        except accounts.AddressTaken as error:
            form.add_error("email", error.detail)
        else:
            login(request, user, AUTHENTICATION_BACKEND)
            return redirect("home")
    return render(request, "people/welcome.html", {"form": form})


class AskForLinkForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


@private
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Have a link mailed by which one chooses a password. The reply is the same whether there is an
    account or not."""
    if not settings.MAIL_WORKS:
        raise Http404
    form = AskForLinkForm(request.POST or None)
    address = form.cleaned_data["email"].lower() if form.is_valid() else ""
    if address:
        limited(request, "reset_password", key=address)
        mailing.write(address, Mail.Reason.RESET)
    return render(request, "people/ask_for_link.html", {"form": form, "address": address})


class RevokeKeysField(forms.BooleanField):
    """Whether the keys go with the password: whoever knew the one may have made the others."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Also revoke all my API keys"), required=False)


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """The first password of an invited account."""

    def claim(self) -> None:
        """Raises LinkUsed."""
        accounts.accept_invitation(user=self.user, password_hash=self.password_hash)

    @property
    def password_hash(self) -> str:
        return make_password(self.cleaned_data["new_password1"])


class ProvePasswordForm(ChoosePasswordForm):
    """A new password of somebody whom a mail, or the operator's hand, has reached."""

    revoke_keys = RevokeKeysField()

    def __init__(self, user: User | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        if user is None or not user.address_confirmed or not user.api_keys.filter(revoked_at=None).exists():
            del self.fields["revoke_keys"]  # there is none, or no choice

    def claim(self) -> None:
        revoke = self.cleaned_data.get("revoke_keys", False)
        accounts.prove(user=self.user, password_hash=self.password_hash, revoke_keys=revoke)


class InvitationView(PasswordResetConfirmView):
    """Where a new account chooses its password, once."""

    template_name = "people/choose_password.html"
    form_class = ChoosePasswordForm
    token_generator: PasswordResetTokenGenerator = accounts.invitation_tokens

    def form_valid(self, form: Any) -> HttpResponse:
        form.claim()
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        login(self.request, form.user, AUTHENTICATION_BACKEND)
        return redirect("home")


class ProofView(InvitationView):
    """Where the holder of an address chooses a password, once."""

    form_class = ProvePasswordForm
    token_generator = accounts.proof_tokens


class ChangePasswordForm(PasswordChangeForm):
    revoke_keys = RevokeKeysField()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        if not user.api_keys.filter(revoked_at=None).exists():
            del self.fields["revoke_keys"]


@sensitive_post_parameters()
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: PersonRequest) -> HttpResponse:
    """A new password for who knows the present one. Every other session ends."""
    limited(request, "change_password")
    form = ChangePasswordForm(request.user, request.POST or None)
    if form.is_valid():
        password_hash = make_password(form.cleaned_data["new_password1"])
        revoke_keys = form.cleaned_data.get("revoke_keys", False)
        accounts.change_password(user=request.user, password_hash=password_hash, revoke_keys=revoke_keys)
        update_session_auth_hash(request, request.user)
        messages.success(request, _("The password is changed. You are signed out everywhere else."))
        return redirect("home")
    return render(request, "people/change_password.html", {"form": form})
