"""Pages about oneself: choosing a password, API keys."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crowd.people.models import ApiKey, Scope, User, audit
from crowd.people.signin import AUTHENTICATION_BACKEND, PersonRequest, signed_in


class InvitationView(PasswordResetConfirmView):
    """Where a new account chooses its password, once."""

    template_name = "people/invitation.html"
    success_url = reverse_lazy("home")
    post_reset_login = True
    post_reset_login_backend = AUTHENTICATION_BACKEND


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


class NewKeyForm(forms.Form):
    LIFETIMES = (
        ("30", gettext_lazy("30 days")),
        ("90", gettext_lazy("90 days")),
        ("365", gettext_lazy("1 year")),
        ("", gettext_lazy("never")),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Which program will use it?")
    )
    scope = forms.ChoiceField(label=gettext_lazy("May do"), choices=Scope.choices)
    days = forms.TypedChoiceField(
        label=gettext_lazy("Expires"), choices=LIFETIMES, initial="90", required=False, coerce=int, empty_value=None
    )


EXPIRED = ExpressionWrapper(Q(expires_at__lte=Now()), BooleanField())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: PersonRequest) -> HttpResponse:
    """My API keys. The secret of a new one is in the reply to the form, and nowhere after."""
    form = NewKeyForm(request.POST or None)
    made: dict[str, Any] = {}
    if form.is_valid():
        with transaction.atomic():
            key, secret = ApiKey.objects.create_key(user=request.user, **form.cleaned_data)
            audit(request.user, "key.created", request.user.email, name=key.name)
        made, form = {"new_key": key, "secret": secret}, NewKeyForm()
    mine = request.user.api_keys.filter(revoked_at=None).annotate(has_expired=EXPIRED).order_by("-pk")
    return render(request, "people/keys.html", {"form": form, "keys": mine, **made})


@signed_in
@require_POST
def revoke_key(request: PersonRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(request.user.api_keys, pk=pk)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now()):
            audit(request.user, "key.revoked", request.user.email, name=key.name)
    messages.success(request, _("The key {name} no longer works.").format(name=key.name))
    return redirect("keys")
