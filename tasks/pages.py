"""Pages that bring tasks in and put them before workers."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from crowd.errors import CrowdError, Fault
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.models import MANAGERS, project_for, worker_for
from crowd.projects.pages import rights
from crowd.projects.schema import with_keys
from tasks.intake.imports import start_import
from tasks.models import Import

IMPORTS_SHOWN = 10


class UploadForm(forms.Form):
    FORMATS = (
        ("auto", _("find out from the file")),
        ("images-zip", _("zip of pictures")),
        ("imagenet-zip", _("zip with a folder of pictures for each class")),
        ("csv", _("CSV")),
        ("jsonl", _("JSON Lines")),
    )
    FOLDERS = (
        ("gold", _("right answers: hide these pictures among the others to test workers")),
        ("prelabel", _("hints from elsewhere, such as a model's predictions")),
    )
    file = forms.FileField(label=_("File"))
    table_format = forms.ChoiceField(label=_("Format"), choices=FORMATS, initial="auto")
    folders = forms.ChoiceField(
        label=_("If the zip has a folder for each class, these are"),
        choices=FOLDERS,
        initial="gold",
        widget=forms.RadioSelect,
    )
    faults: list[Fault]

    def add_refusal(self, error: CrowdError) -> None:
        """Show why the file was not taken, and what is wrong where."""
        self.add_error("file", error.detail)
        self.faults = error.errors


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: PersonRequest, slug: str) -> HttpResponse:
    """The form that takes a file of tasks, and what became of the latest ones."""
    project = project_for(request.user, slug, MANAGERS)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            start_import(project=project, actor=request.user, **form.cleaned_data)
        except CrowdError as error:
            form.add_refusal(error)
        else:
            return redirect("imports", slug)
    latest = project.imports.order_by("-pk")[:IMPORTS_SHOWN]
    return render(request, "tasks/imports.html", {"form": form, "imports": latest, **rights(request.user, project)})


@signed_in
@require_GET
def import_progress(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """The part of the page that says how far an import is."""
    job = get_object_or_404(Import, project=project_for(request.user, slug, MANAGERS), pk=pk)
    return render(request, "tasks/import.html", {"import": job, "project": job.project})


# What the queue's script says. Braces are filled in there.
QUEUE_TEXTS = {
    "loading": _("Fetching your next task…"),
    "done": _("{n} done"),
    "sending": _("{n} being saved"),
    "retrying": _("{n} not saved yet, trying again…"),
    "refused": _("The site did not take your last answer: {detail}"),
    "picture": _("The picture to label"),
    "no_picture": _("The picture did not load. You can skip this task."),
    "no_tasks": _("All done for now"),
    "no_tasks_more": _("There is nothing left for you here. New tasks appear by themselves."),
    "quota": _("You hold as many tasks as one may"),
    "quota_more": _("Some are open in another window. Finish them, or wait until they are handed back."),
    "paused": _("You are paused"),
    "paused_more": _("The owner of this project has paused your work. Ask them if this surprises you."),
    "offline": _("The site does not answer"),
    "offline_more": _("Trying again…"),
    "signed_out": _("You are signed out"),
    "sign_in": _("Sign in and go on"),
    "stopped": _("You can't go on here"),
    "reload": _("Load the page again"),
    "kept": _("What is not saved yet is kept in this window and sent afterwards."),
}
SHORT_TITLE = 3  # characters: such answers fit side by side on a phone


@signed_in
@require_GET
def work(request: PersonRequest, slug: str) -> HttpResponse:
    """The worker's queue. The page holds no task: its script gets them from the API."""
    worker = worker_for(request.user, slug)
    classes = with_keys(worker.project.schema)
    short = all(len(each["title"]) <= SHORT_TITLE for each in classes)
    context: dict[str, Any] = {
        "project": worker.project,
        "worker": worker,
        "classes": classes,
        "shape": "short" if short else "long",
        "texts": QUEUE_TEXTS,
    }
    return render(request, "tasks/work.html", context)
