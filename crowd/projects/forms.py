"""Forms of the project pages. What they accept is decided by the API's serializers, so that a rule
is written once."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.serializers import Serializer

from crowd.errors import CrowdError
from crowd.people.models import User
from crowd.projects.admission_api import MAX_DAYS, MAX_USES, NewInviteLinkSerializer
from crowd.projects.answer_kinds import AnswerKind
from crowd.projects.api import NewMemberSerializer, ProjectChangeSerializer, ProjectSerializer
from crowd.projects.knobs import GROUPS, KNOBS
from crowd.projects.models import Project, Role
from crowd.projects.policy import policy_of
from crowd.projects.policy_form import PolicyForm
from crowd.projects.schema import shown
from crowd.projects.skills import requirable_skills


class SerializerForm(forms.Form):
    """A form that is valid if its serializer says so; `validated` is what the serializer made of
    it."""

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
                self._add_message(path, message)
        return data

    def add_refusal(self, error: CrowdError) -> None:
        """Show what a verb said to valid values, at the fields that it names."""
        for path, message in [(fault["field"].split("."), fault["detail"]) for fault in error.errors]:
            self._add_message(tuple(path), message)

    def _add_message(self, path: tuple[str, ...], message: str) -> None:
        known = [name for name in path if name in self.fields]
        self.add_error(known[0] if known else None, self.told(path, message))

    def told(self, path: tuple[str, ...], message: str) -> str:
        """A message of the serializer in the words of the form."""
        return message


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


class ProjectForm(PolicyForm, SerializerForm):
    """A project to be made, that asks for answers of this kind; or, given one, its settings."""

    name = forms.CharField(label=_("Name"), max_length=200)
    instructions = forms.CharField(
        label=_("Instructions"),
        help_text=_("What workers read. The first line is what they see first."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    allow_list = forms.CharField(
        label=_("Only these people"),
        help_text=_(
            "E-mail addresses, and domains such as @example.org, one a line. Nobody else can become a worker; who is "
            "a member stays. Empty: whoever has a link. Who joins by a link types in the address, and nobody "
            "checks that it is theirs: where that matters, add people one by one instead."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, *, user: User, kind: AnswerKind, project: Project | None = None) -> None:
        self.kind, self.project = kind, project
        self.serializer = ProjectChangeSerializer if project else ProjectSerializer
        self.serializer_context = {"user": user, "project": project}
        super().__init__(data, initial=_settings_of(project, kind) if project else None)
        self.fields |= kind.schema.form_fields()
        required = {project.required_skill} - {""} if project else set()
        offered = set(requirable_skills(user)) - {project.full_granted_skill if project else ""}
        self.offer_choices(kind.methods, sorted(required | offered))

    def payload(self, data: dict[str, Any]) -> dict[str, Any]:
        before = shown(self.project.schema) if self.project else None
        return {
            "name": data["name"],
            "instructions": data["instructions"],
            "schema": {"type": self.kind.name, **self.kind.schema.from_form(data, before)},
            "quality": {name: data[name] for name in KNOBS},
            "allow_list": list(_lines(data["allow_list"]).values()),
        }

    def told(self, path: tuple[str, ...], message: str) -> str:
        if path[0] == "allow_list" and len(path) > 1:
            number = list(_lines(self.cleaned_data["allow_list"]))[int(path[1])]
            return gettext("Line {number}: {message}").format(number=number, message=message)
        return message

    @property
    def schema_fields(self) -> list[forms.BoundField]:
        """What the kind of answer wants to know."""
        return [self[name] for name in self.kind.schema.form_fields()]

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """What most owners leave alone, under headings."""
        groups = [*GROUPS.items(), (_("Who may join"), ["allow_list"])]
        return [(title, [self[name] for name in names]) for title, names in groups]

    @property
    def groups_have_errors(self) -> bool:
        return any(field.errors for _title, fields in self.groups for field in fields)


def _lines(text: str) -> dict[int, str]:
    """The lines that say something, by their number."""
    return {number: line.strip() for number, line in enumerate(text.splitlines(), 1) if line.strip()}


def _settings_of(project: Project, kind: AnswerKind) -> dict[str, Any]:
    policy = {name: "" if value is None else value for name, value in policy_of(project).items()}
    return {
        "name": project.name,
        "instructions": project.instructions,
        "allow_list": "\n".join(project.allow_list),
        **policy,
        **kind.schema.to_form(project.schema),
    }


class NewMemberForm(SerializerForm):
    serializer = NewMemberSerializer

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), initial=Role.WORKER)

    def __init__(self, data: Any = None, *, roles: Collection[Role]) -> None:
        super().__init__(data)
        choices = [(role.value, role.label) for role in reversed(Role) if role in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class NewLinkForm(SerializerForm):
    serializer = NewInviteLinkSerializer

    expires_days = forms.IntegerField(label=_("Works for how many days"), initial=14, min_value=1, max_value=MAX_DAYS)
    uses = forms.IntegerField(
        label=_("For how many people (empty: any number)"), required=False, min_value=1, max_value=MAX_USES
    )
