"""Forms of the project pages. What they accept is decided by the API's serializers, so that a rule is written once."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework.serializers import Serializer

from crowd.projects.api import NewMemberSerializer, ProjectChangeSerializer, ProjectSerializer
from crowd.projects.models import Project, Role
from crowd.projects.policy import PolicySerializer, methods


def _policy_field(
    kind: type[forms.IntegerField], name: str, label: Any, help_text: Any, step: str = "1"
) -> forms.IntegerField:
    """A number of the quality policy, with the serializer's own limits and default."""
    rule: Any = PolicySerializer().fields[name]
    return kind(
        label=label,
        help_text=help_text,
        initial=rule.default,
        min_value=rule.min_value,
        max_value=rule.max_value,
        widget=forms.NumberInput(attrs={"step": step}),
    )


class SerializerForm(forms.Form):
    """A form that is valid if its serializer says so; `validated` is what the serializer made of it."""

    serializer: type[Serializer[Any]]
    serializer_context: Mapping[str, Any] = {}
    validated: dict[str, Any]

    def payload(self, data: dict[str, Any]) -> dict[str, Any]:
        """The form's values in the shape of the API."""
        return data

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            serializer = self.serializer(data=self.payload(data), context=self.serializer_context)
            if serializer.is_valid():
                self.validated = serializer.validated_data
            for path, message in _flat(serializer.errors):
                known = [name for name in path if name in self.fields]
                self.add_error(known[0] if known else None, message)
        return data


def _flat(errors: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every message of a serializer's nested errors, with the names that lead to it."""
    if isinstance(errors, dict):
        for name, nested in errors.items():
            yield from _flat(nested, (*path, str(name)))
    elif isinstance(errors, list):
        for nested in errors:
            yield from _flat(nested, path)
    else:
        yield path, str(errors)


class ProjectForm(SerializerForm):
    """A project to be made, or, given one, its settings."""

    name = forms.CharField(label=_("Name"), max_length=200)
    instructions = forms.CharField(
        label=_("Instructions"),
        help_text=_("What workers read. The first line is what they see first."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    classes = forms.CharField(
        label=_("Classes"),
        help_text=_("One a line. Workers choose one of them for each task."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    min_responses = _policy_field(
        forms.IntegerField, "min_responses", _("Answers a task gets at least"), _("Every task gets this many.")
    )
    max_responses = _policy_field(
        forms.IntegerField, "max_responses", _("Answers a task gets at most"), _("Only unclear tasks get more.")
    )
    target_confidence = _policy_field(
        forms.FloatField, "target_confidence", _("Confidence that settles a task"), _("From 0.5 to 1."), step="any"
    )
    gold_rate = _policy_field(
        forms.FloatField,
        "gold_rate",
        _("Share of hidden test tasks"),
        _("How often a worker meets a task whose answer you know (gold)."),
        step="any",
    )
    method = forms.ChoiceField(
        label=_("Method"), help_text=_("How answers become labels; auto chooses by how many there are.")
    )

    MORE = ("min_responses", "max_responses", "target_confidence", "gold_rate", "method")

    def __init__(self, data: Any = None, *, project: Project | None = None) -> None:
        self.project = project
        self.serializer = ProjectChangeSerializer if project else ProjectSerializer
        self.serializer_context = {"policy": project.policy} if project else {}
        super().__init__(data, initial=_settings_of(project) if project else None)
        self.fields["method"].choices = [(name, name) for name in methods["choice"]]  # type: ignore[attr-defined]

    def payload(self, data: dict[str, Any]) -> dict[str, Any]:
        known = {each["name"]: each for each in self.project.schema["classes"]} if self.project else {}
        names = [line.strip() for line in data["classes"].splitlines() if line.strip()]
        return {
            "name": data["name"],
            "instructions": data["instructions"],
            "schema": {"type": "choice", "classes": [known.get(name, name) for name in names]},
            "quality": {name: data[name] for name in self.MORE},
        }

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def more_has_errors(self) -> bool:
        return any(field.errors for field in self.more)


def _settings_of(project: Project) -> dict[str, Any]:
    names = "\n".join(project.class_names)
    return {"name": project.name, "instructions": project.instructions, "classes": names, **project.policy}


class NewMemberForm(SerializerForm):
    serializer = NewMemberSerializer

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), initial=Role.WORKER)

    def __init__(self, data: Any = None, *, roles: Collection[Role]) -> None:
        super().__init__(data)
        choices = [(role.value, role.label) for role in reversed(Role) if role in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
