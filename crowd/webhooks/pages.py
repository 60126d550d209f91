"""Pages of webhooks: all of a project, and one with what it was sent."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crowd.people.models import User
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.forms import SerializerForm
from crowd.projects.models import Project
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from crowd.webhooks import subscriptions
from crowd.webhooks.api import NewWebhookSerializer
from crowd.webhooks.event_types import EVENT_TYPES
from crowd.webhooks.models import MAX_URL, Delivery, Webhook
from crowd.webhooks.signatures import secret_of
from crowd.webhooks.subscriptions import webhooks_of

DELIVERIES_A_PAGE = 50


def _kind_choices() -> list[tuple[str, str]]:
    return [(kind, f"{kind}: {sentence}") for kind, sentence in EVENT_TYPES.items()]


class WebhookForm(SerializerForm):
    serializer = NewWebhookSerializer

    url = forms.CharField(
        label=gettext_lazy("URL"),
        help_text=gettext_lazy("Where your program listens. It has to be reachable from the Internet."),
        max_length=MAX_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Send these events"), choices=_kind_choices, widget=forms.CheckboxSelectMultiple
    )


class PlaceForm(forms.Form):
    """Where in the list of deliveries a page begins, and which of them are shown."""

    before = forms.IntegerField(required=False, min_value=1)
    state = forms.ChoiceField(required=False, choices=Delivery.State.choices)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: PersonRequest, slug: str) -> HttpResponse:
    """The webhooks of a project, and the form that makes one."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            made = subscriptions.make_webhook(project=project, actor=request.user, **form.validated)
        except subscriptions.TooManyWebhooks as error:
            form.add_error(None, error.detail)
        else:
            return webhook_page(request, made, secret=secret_of(made))
    context = {"form": form, "webhooks": webhooks_of(project).order_by("-pk"), **rights(request.user, project)}
    return render(request, "webhooks/webhooks.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One webhook: what it is sent, and what became of that."""
    webhook = _managed(request, slug, pk)
    form = WebhookForm(request.POST or None, initial={"url": webhook.url, "kinds": webhook.kinds})
    if form.is_valid():
        subscriptions.change_webhook(webhook=webhook, actor=request.user, **form.validated)
        messages.success(request, _("The webhook is changed."))
        return redirect("webhook", slug, pk)
    return webhook_page(request, webhook, form=form)


def _managed(request: PersonRequest, slug: str, pk: int) -> Webhook:
    project: Project = project_for(request.user, slug, Permission.MANAGE)
    found: Webhook = get_object_or_404(webhooks_of(project), pk=pk)
    return found


def webhook_page(
    request: PersonRequest, webhook: Webhook, *, secret: str = "", form: WebhookForm | None = None
) -> HttpResponse:
    """The page of a webhook; a new secret is in the reply to the form that made it, and nowhere
    after."""
    context = {
        "webhook": webhook,
        "secret": secret,
        "form": form or WebhookForm(initial={"url": webhook.url, "kinds": webhook.kinds}),
        "states": Delivery.State.choices,
        **_deliveries(request, webhook),
        **rights(request.user, webhook.project),
    }
    return render(request, "webhooks/webhook.html", context)


def _deliveries(request: PersonRequest, webhook: Webhook) -> dict[str, Any]:
    """A page of the list, newest first; the next one begins before the last of this."""
    place = PlaceForm(request.GET)
    chosen = place.cleaned_data if place.is_valid() else {}
    state, before = chosen.get("state"), chosen.get("before")
    deliveries = webhook.deliveries.select_related("event").order_by("-pk")
    if state:
        deliveries = deliveries.filter(state=state)
    if before:
        deliveries = deliveries.filter(pk__lt=before)
    rows = list(deliveries[: DELIVERIES_A_PAGE + 1])
    shown = rows[:DELIVERIES_A_PAGE]
    older = shown[-1].pk if len(rows) > len(shown) else None
    return {
        "deliveries": [(delivery, _next_try(delivery, webhook)) for delivery in shown],
        "state": state or "",
        "older": older,
        "any_failed": webhook.deliveries.filter(state=Delivery.State.FAILED).exists(),
    }


def _next_try(delivery: Delivery, webhook: Webhook) -> datetime | None:
    """When it is tried next: in its own time, and not while the webhook rests."""
    if delivery.next_at is None or not webhook.active:
        return None
    return max(delivery.next_at, webhook.rests_until or delivery.next_at)


class ActionForm(forms.Form):
    """What a button of a webhook's page asks for; `delivery` for the one that sends a single event
    again."""

    action = forms.ChoiceField(choices=[(name, "") for name in ("on", "off", "test", "rotate", "replay", "delete")])
    delivery = forms.IntegerField(required=False)


@signed_in
@require_POST
def change_webhook(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """What the buttons of a webhook's page do."""
    webhook = _managed(request, slug, pk)
    form = ActionForm(request.POST)
    if not form.is_valid():
        return redirect("webhook", slug, pk)
    action = form.cleaned_data["action"]
    if action == "rotate":
        rotated = subscriptions.rotate_secret(webhook=webhook, actor=request.user)
        return webhook_page(request, rotated, secret=secret_of(rotated))
    try:
        messages.success(request, _apply(action, webhook, request.user, form.cleaned_data["delivery"]))
    except subscriptions.WebhookInactive as error:
        messages.error(request, error.detail)
    return redirect("webhooks", slug) if action == "delete" else redirect("webhook", slug, pk)


def _apply(action: str, webhook: Webhook, actor: User, delivery: int | None) -> str:
    """Do it, and say what was done."""
    if action == "delete":
        subscriptions.delete_webhook(webhook=webhook, actor=actor)
        return _("The webhook is deleted. Nothing is sent to it any more.")
    if action == "test":
        subscriptions.send_ping(webhook=webhook, actor=actor)
        return _("A ping is on its way. Reload the page to see whether it arrived.")
    if action == "replay":
        return _replay(webhook, actor, delivery)
    subscriptions.change_webhook(webhook=webhook, actor=actor, active=action == "on")
    return _("The webhook is switched on.") if action == "on" else _("The webhook is switched off.")


def _replay(webhook: Webhook, actor: User, delivery: int | None) -> str:
    if delivery is not None:
        found = get_object_or_404(webhook.deliveries.select_related("webhook__project"), pk=delivery)
        subscriptions.replay(delivery=found, actor=actor)
        return _("It is sent again. Reload the page to see whether it arrived.")
    replayed, _more = subscriptions.replay_failed(webhook=webhook, actor=actor)
    return ngettext("{n} event is sent again.", "{n} events are sent again.", replayed).format(n=replayed)
