"""The page on which classes get other names, or become part of others."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from rest_framework.exceptions import ValidationError

from crowd.errors import CrowdError
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.class_changes import rename_class
from crowd.projects.classes import MAX_CLASS_NAME
from crowd.projects.models import Project
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.class_changes.merging import request_merge
from quality.models import Merge

MERGES_SHOWN = 10


class RenameForm(forms.Form):
    name = forms.ChoiceField(label=gettext_lazy("Class"))
    to = forms.CharField(label=gettext_lazy("New name"), max_length=MAX_CLASS_NAME)

    def __init__(self, data: Any = None, *, names: list[str]) -> None:
        super().__init__(data)
        self.fields["name"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    classes = forms.MultipleChoiceField(
        label=gettext_lazy("These classes"),
        widget=forms.CheckboxSelectMultiple,
    )
    into = forms.ChoiceField(label=gettext_lazy("Become part of"))

    def __init__(self, data: Any = None, *, names: list[str]) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.choices = [(name, name) for name in names]  # type: ignore[attr-defined]


@signed_in
@require_safe
def classes(request: PersonRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, Permission.MANAGE)
    return _page(request, project)


@signed_in
@require_POST
def rename(request: PersonRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, Permission.MANAGE)
    form = RenameForm(request.POST, names=_names(project))
    if form.is_valid():
        name, to = form.cleaned_data["name"], form.cleaned_data["to"]
        try:
            rename_class(project=project, actor=request.user, name=name, to=to)
        except (CrowdError, ValidationError) as error:
            form.add_error(None, _told(error))
        else:
            messages.success(request, _("{name} is called {to} now.").format(name=name, to=to))
            return redirect("classes", slug)
    return _page(request, project, rename_form=form)


@signed_in
@require_POST
def merge(request: PersonRequest, slug: str) -> HttpResponse:
    """Say what it means to merge these classes; once that is confirmed, do it."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = MergeForm(request.POST, names=_names(project))
    if not form.is_valid():
        return _page(request, project, merge_form=form)
    into = form.cleaned_data["into"]
    names = [name for name in form.cleaned_data["classes"] if name != into]
    if names and "sure" not in request.POST:
        context = {"names": names, "into": into, **rights(request.user, project)}
        return render(request, "quality/merge.html", context)
    try:
        request_merge(project=project, actor=request.user, names=names, into=into)
    except (CrowdError, ValidationError) as error:
        form.add_error(None, _told(error))
        return _page(request, project, merge_form=form)
    messages.success(request, _("The classes are merged. What is stored of them is rewritten by a job."))
    return redirect("classes", slug)


@signed_in
@require_safe
def progress(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One merge, which asks for itself again until it is done."""
    project = project_for(request.user, slug, Permission.MANAGE)
    found = get_object_or_404(Merge, project=project, pk=pk)
    return render(request, "quality/merge_progress.html", {"merge": found, "project": project})


def _told(error: CrowdError | ValidationError) -> str:
    if isinstance(error, CrowdError):
        return error.detail
    found: Any = error.detail
    while isinstance(found, dict | list):
        found = next(iter(found.values() if isinstance(found, dict) else found))
    return str(found)


def _names(project: Project) -> list[str]:
    return project.class_names if "classes" in project.schema else []


def _page(
    request: PersonRequest,
    project: Project,
    rename_form: RenameForm | None = None,
    merge_form: MergeForm | None = None,
) -> HttpResponse:
    names = _names(project)
    context = {
        "names": names,
        "rename_form": rename_form or RenameForm(names=names),
        "merge_form": merge_form or MergeForm(names=names),
        "merges": Merge.objects.filter(project=project).order_by("-pk")[:MERGES_SHOWN],
        **rights(request.user, project),
    }
    return render(request, "quality/classes.html", context)
