"""Pages about workers: all of them, one, and what an owner does about one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crowd.errors import CrowdError
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects import appeals, pausing
from crowd.projects.models import MAX_PAUSE_REASON, Membership
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.charts import Interval, curve, heat
from quality.kinds.protocol import consensus_kind
from quality.models import ScorePoint, Standing, Voiding
from quality.workers.evidence import remarks_on
from quality.workers.history import history_of
from quality.workers.rows import WorkerRow, last_answers, score_of, skip_reasons, workers_of
from quality.workers.voiding import request_voiding, slots_to_reopen, standing_answers, voided_answers

WORKERS_A_PAGE = 100
APPEALS_SHOWN = 5
DAYS_SHOWN = 366


class PauseForm(forms.Form):
    """`reason` is what the worker reads."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, which the worker reads"),
        required=False,
        max_length=MAX_PAUSE_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(max_length=appeals.MAX_TEXT)
    action = forms.ChoiceField(choices=[("answer", ""), ("resume", "")])


@signed_in
@require_GET
def workers(request: PersonRequest, slug: str) -> HttpResponse:
    """Everybody who answers, a page at a time."""
    project = project_for(request.user, slug, Permission.READ)
    page = Paginator(workers_of(project), WORKERS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "workers": [WorkerRow.of(worker) for worker in page], **rights(request.user, project)}
    return render(request, "quality/workers.html", context)


@signed_in
@require_GET
def worker(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One worker: scores, skips, the last answers, the confusion matrix, and what can be done."""
    project = project_for(request.user, slug, Permission.READ)
    worker: Membership = get_object_or_404(workers_of(project), pk=pk)
    context = {
        "worker": WorkerRow.of(worker),
        "remarks": remarks_on(worker),
        "membership": worker,
        "skip_reasons": skip_reasons(worker),
        "last_answers": last_answers(worker),
        "standing": Standing.objects.filter(worker=worker).first() or Standing(worker=worker),
        **_history(worker),
        **_matrix(worker),
        **rights(request.user, project),
    }
    if Permission.MANAGE in context["may"]:
        latest = worker.appeals.order_by("-pk").select_related("answered_by")[:APPEALS_SHOWN]
        context |= {"appeals": latest, "pause_form": PauseForm(), **_voiding(worker)}
    return render(request, "quality/worker.html", context)


def _matrix(worker: Membership) -> dict[str, Any]:
    titles = [each.title for each in consensus_kind(worker.project).options(worker.project.schema)]
    rows = zip(titles, score_of(worker).confusion or [], strict=False)
    return {"titles": titles, "matrix": [(title, [(share, heat(share)) for share in shares]) for title, shares in rows]}


def _history(worker: Membership) -> dict[str, Any]:
    """The scores of the last days, the newest first, and as a curve where there is one to draw."""
    points: list[ScorePoint] = list(history_of(worker)[:DAYS_SHOWN])
    measured = [
        (point.day, Interval(point.reliability, point.reliability_low, point.reliability_high))
        for point in reversed(points)
        if point.reliability is not None
    ]
    drawn = curve(measured) if len(measured) > 1 else None
    return {"history": points, "curve": drawn, "since": measured[0][0] if measured else None}


def _voiding(worker: Membership) -> dict[str, Any]:
    """The last time the answers were declared worthless or that was taken back, and how many are
    worthless now."""
    last = worker.voidings.order_by("-pk").first()
    voided = voided_answers(worker).count() if last and last.action == Voiding.Action.VOID else 0
    return {"voiding": last, "voided": voided}


def _managed(request: PersonRequest, slug: str, pk: int) -> Membership:
    """The worker, to somebody who may do something about them."""
    worker: Membership = get_object_or_404(workers_of(project_for(request.user, slug, Permission.MANAGE)), pk=pk)
    return worker


@signed_in
@require_POST
def pause(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Pause with a reason, change the reason of a worker who is paused, or resume."""
    worker = _managed(request, slug, pk)
    form = PauseForm(request.POST)
    if request.POST.get("action") == "resume":
        pausing.resume(member=worker, actor=request.user)
        messages.success(request, _("{name} gets tasks again.").format(name=worker.display_name))
    elif form.is_valid():
        reason = form.cleaned_data["reason"]
        pausing.pause(member=worker, actor=request.user, reason=reason)
        messages.success(request, _("{name} is paused and gets no more tasks.").format(name=worker.display_name))
    else:
        messages.error(request, str(form.errors["reason"][0]))
    return redirect("worker", slug, pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Say what it means to declare all answers of a worker worthless; once that is confirmed, do
    it."""
    worker = _managed(request, slug, pk)
    if request.method == "POST":
        return _request_voiding(request, worker, Voiding.Action.VOID)
    answers, slots = standing_answers(worker).count(), slots_to_reopen(worker)
    context = {"worker": WorkerRow.of(worker), "answers": answers, "slots": slots}
    return render(request, "quality/void.html", {**context, **rights(request.user, worker.project)})


@signed_in
@require_POST
def restore(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Take back that all answers of a worker are worthless."""
    return _request_voiding(request, _managed(request, slug, pk), Voiding.Action.RESTORE)


def _request_voiding(request: PersonRequest, worker: Membership, action: Voiding.Action) -> HttpResponse:
    try:
        voiding = request_voiding(worker=worker, actor=request.user, action=action)
    except CrowdError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _said(voiding))
    return redirect("worker", worker.project.slug, worker.pk)


def _said(voiding: Voiding) -> str:
    n = voiding.responses
    if voiding.state == Voiding.State.QUEUED:
        return _("It is under way: {n} answers take a moment.").format(n=n)
    if voiding.action == Voiding.Action.VOID:
        text = ngettext("{n} answer is worthless now.", "{n} answers are worthless now.", n)
    else:
        text = ngettext(
            "{n} answer stands again, or is surplus if it is needed no longer.",
            "{n} answers stand again, those that are needed no longer as surplus.",
            n,
        )
    return f"{text} {_('Labels follow in a moment.')}".format(n=n)


@signed_in
@require_POST
def answer_appeal(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Reply to a paused worker, and resume them if the owner says so."""
    appeal = get_object_or_404(appeals.appeals_in(project_for(request.user, slug, Permission.MANAGE)), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write an answer first, of at most {n} characters.").format(n=appeals.MAX_TEXT))
        return redirect("worker", slug, appeal.worker_id)
    resume = form.cleaned_data["action"] == "resume"
    try:
        appeals.answer_appeal(appeal=appeal, actor=request.user, answer=form.cleaned_data["answer"], resume=resume)
    except appeals.AppealAnswered as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("{name} can read your answer now.").format(name=appeal.worker.display_name))
    return redirect("worker", slug, appeal.worker_id)
