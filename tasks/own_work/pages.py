"""The page on which workers see what they did."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from crowd.errors import CrowdError
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.answer_kinds import Answer, kind_of, lot_of, text_of
from crowd.projects.appeals import MAX_TEXT, appeal, standing_of
from crowd.projects.models import Membership
from crowd.projects.permissions import worker_for
from tasks.models import Response
from tasks.own_work.api import OwnResponseSerializer
from tasks.own_work.history import answers_by_day, history
from tasks.own_work.overview import own_work_of, skill_giver

HISTORY_SHOWN = 20
BIGGEST_KEY = 19  # digits


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("Your message to the owner"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: PersonRequest, slug: str) -> HttpResponse:
    """What a worker did here, how fast, and what stands in the way; while paused, a way to
    object."""
    worker = worker_for(request.user, slug)
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            appeal(worker=worker, text=form.cleaned_data["text"])
        except CrowdError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, _("Your message is with the owner of the project."))
        return redirect("mine", slug)
    standing = own_work_of(worker)
    context: dict[str, Any] = {
        "project": worker.project,
        "work": standing,
        "form": form,
        "pause": standing_of(worker),
        "skill_giver": skill_giver(worker),
        "days": _bars(answers_by_day(worker, standing.time)),
        **_history_page(worker, request.GET.get("before", "")),
    }
    return render(request, "tasks/mine.html", context)


def _bars(days: Sequence[tuple[date, int | None]]) -> list[tuple[date, int | None, str]]:
    """The days with how long each one's bar is, in percent."""
    most = max((count for _day, count in days if count), default=1)
    return [(day, count, f"{100 * (count or 0) / most:.2f}") for day, count in days]


def _history_page(worker: Membership, before: str) -> dict[str, Any]:
    """Some answers, the newest first or those before one, and where the next ones begin."""
    answers = history(worker)
    if before.isdecimal() and len(before) < BIGGEST_KEY:
        answers = answers.filter(pk__lt=int(before))
    page = list(answers[: HISTORY_SHOWN + 1])
    shown, more = page[:HISTORY_SHOWN], page[HISTORY_SHOWN:]
    text = text_of(worker.project)
    return {
        "history": [(response, text(_as_seen(response)), _face(response)) for response in shown],
        "older": shown[-1].pk if more else None,
        "newest": not before,
    }


def _as_seen(response: Response) -> Answer:
    """The answer as one to what the worker was shown."""
    return kind_of(response.worker.project).turned(response.answer, lot_of(response.worker_id, response.task_id))


def _face(response: Response) -> dict[str, str]:
    """A task as one recognises it: its picture, its text, or else all that there is of it."""
    data = OwnResponseSerializer().to_representation(response)["data"]
    assignment = response.assignment
    picture = assignment.image_path if assignment is not None and response.task.frames else ""
    if picture:
        data.pop("image", None)
    text = data.pop("text", None) or " · ".join(f"{name}: {_plain(value)}" for name, value in data.items())
    return {"picture": picture, "text": str(text)}


def _plain(value: Any) -> str:
    """As the queue shows it; of what has nothing but a text, that."""
    if isinstance(value, dict) and list(value) == ["text"]:
        return str(value["text"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
