"""How a project buys answers: how many, of whom, in which order, and how sure is sure enough."""

from copy import deepcopy
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from crowd.api import StrictSerializer
from crowd.projects.answer_kinds import AnswerKind, registered
from crowd.projects.knobs import KNOBS, MAX_RESPONSES
from crowd.projects.models import Project
from crowd.projects.skills import requirable_skills


class MethodField(serializers.ChoiceField):
    """A method of some kind of answer; whether it is one of a project's kind is for whoever knows
    the project to say."""

    def __init__(self, **options: Any) -> None:
        # Declared when nothing is registered yet; a serializer in use makes its fields anew.
        known = dict.fromkeys(name for kind in registered().values() for name in kind.methods)
        super().__init__(choices=list(known), **options)


def policy_of(project: Project) -> dict[str, Any]:
    """How all knobs of a project are set."""
    return {name: getattr(project, name) for name in KNOBS}


def refuse_unknown_method(quality: dict[str, Any], kind: AnswerKind) -> None:
    """Raises ValidationError where the `quality` of a project names a method that makes no labels
    of its kind of answer."""
    if "method" not in quality or quality["method"] in kind.methods:
        return
    message = _("There is no such method; use one of: {methods}.").format(methods=", ".join(sorted(kind.methods)))
    raise serializers.ValidationError({"quality": {"method": [serializers.ErrorDetail(message, "unknown_method")]}})


class PolicySerializer(StrictSerializer):
    """The `quality` object of a project. Its context names the `user` who sets it, and the
    project's `slug` if it is there already."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: deepcopy(knob.rule) for name, knob in KNOBS.items()}

    def validate_granted_skill(self, value: str) -> str:
        if "/" in value:
            raise serializers.ValidationError(_("The name of a skill has no slash."), code="slash")
        return value

    def validate_required_skill(self, value: str) -> str:
        if value in ("", (self.instance or {}).get("required_skill")):
            return value
        if value.partition("/")[0] == self.context.get("slug"):
            message = _("A project can't require its own skill: nobody could earn it.")
            raise serializers.ValidationError(message, code="own_skill")
        if value not in requirable_skills(self.context["user"]):
            message = _(
                "None of the projects that you are an owner, manager or reviewer of grants the skill {skill}. "
                "Write the slug of the project, a slash and the skill."
            ).format(skill=value)
            raise serializers.ValidationError(message, code="unknown_skill")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        current = self.instance or {}
        low = attrs.get("min_responses", current.get("min_responses", 0))
        high = attrs.get("max_responses", current.get("max_responses", MAX_RESPONSES))
        if low > high:
            message = _("At least min_responses, {low}, is needed.").format(low=low)
            raise serializers.ValidationError({"max_responses": serializers.ErrorDetail(message, code="too_few")})
        return attrs
