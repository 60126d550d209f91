"""Pages about API keys."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crowd.errors import CrowdError
from crowd.people.accounts import how_to_confirm
from crowd.people.models import ApiKey, Scope, User, audit
from crowd.people.signin import PersonRequest, signed_in


class KeysNeedAnAddress(CrowdError):
    status, code = 403, "address_not_confirmed"


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
    if not request.user.may_use_api or (request.method == "POST" and not request.user.may_make_keys):
        raise _refused(request.user)
    form = NewKeyForm(request.POST or None)
    made: dict[str, Any] = {}
    if form.is_valid():
        with transaction.atomic():
            key, secret = ApiKey.objects.create_key(user=request.user, **form.cleaned_data)
            audit(request.user, "key.created", request.user.email, name=key.name)
        made, form = {"new_key": key, "secret": secret}, NewKeyForm()
    mine = request.user.api_keys.filter(revoked_at=None).annotate(has_expired=EXPIRED).order_by("-pk")
    return render(request, "people/keys.html", {"form": form, "keys": mine, **made})


def _refused(user: User) -> KeysNeedAnAddress:
    message = _("Only an account whose address is confirmed can make API keys.")
    return KeysNeedAnAddress(f"{message} {how_to_confirm(user.email)}")


@signed_in
@require_POST
def revoke_key(request: PersonRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(request.user.api_keys.select_related("user"), pk=pk)
    with transaction.atomic():
        key.revoke(actor=request.user)
    messages.success(request, _("The key {name} no longer works.").format(name=key.name))
    return redirect("keys")
