"""Pages that bring tasks in."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from crowd.errors import CrowdError, Fault
from crowd.people.quotas import spend
from crowd.people.signin import PersonRequest, signed_in, takes_files
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from tasks.intake.imports import start_import
from tasks.intake.sources.registry import AUTO, SOURCES
from tasks.models import Import

IMPORTS_SHOWN = 10


class UploadForm(forms.Form):
    FORMATS = (
        (AUTO, _("find out from the file")),
        *((source.name, source.title) for source in SOURCES.values() if source.title),
    )
    FOLDERS = (
        ("gold", _("right answers: hide these pictures among the others to test workers")),
        ("prelabel", _("hints from elsewhere, such as a model's predictions")),
    )
    file = forms.FileField(label=_("File"))
    table_format = forms.ChoiceField(label=_("Format"), choices=FORMATS, initial=AUTO)
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


@takes_files
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: PersonRequest, slug: str) -> HttpResponse:
    """The form that takes a file of tasks, and what became of the latest ones."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            spend("imports", request.user, project.pk)
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
    job = get_object_or_404(Import, project=project_for(request.user, slug, Permission.MANAGE), pk=pk)
    return render(request, "tasks/import.html", {"import": job, "project": job.project})
