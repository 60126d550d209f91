"""How a project buys answers: how many, of whom, in which order, and how sure is sure enough."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from crowd.api import StrictSerializer
from crowd.projects.models import MAX_MODEL, MAX_SKILL, OnUnreliable, Order
from crowd.projects.skills import requirable_skills

MAX_RESPONSES = 1000
MAX_OPEN_LEASES = 50
MAX_QUIET_HOURS = 10 * 365 * 24
DAY = 24 * 3600

# Answer type → names of the methods that can aggregate it. Filled by the app that owns the methods when it starts, so
# that projects need not know that app.
methods: dict[str, tuple[str, ...]] = {}


def _limit(help_text: str, default: int | None = None, most: int = 2**31 - 1) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=most, allow_null=True, default=default, help_text=help_text)


def _skill(max_length: int, help_text: str) -> serializers.CharField:
    return serializers.CharField(max_length=max_length, allow_blank=True, default="", help_text=help_text)


class PolicySerializer(StrictSerializer):
    """The `quality` object of a project. Its context names the `user` who sets it, and the project's `slug` if it is
    there already."""

    method = serializers.CharField(default="auto")
    min_responses = serializers.IntegerField(min_value=1, max_value=MAX_RESPONSES, default=3)
    max_responses = serializers.IntegerField(min_value=1, max_value=MAX_RESPONSES, default=5)
    target_confidence = serializers.FloatField(min_value=0.5, max_value=1.0, default=0.95)
    gold_rate = serializers.FloatField(min_value=0.0, max_value=0.5, default=0.1)
    lease_seconds = serializers.IntegerField(
        min_value=5,
        max_value=DAY,
        default=900,
        help_text="How long a worker may keep a task before it is free again.",
    )
    order = serializers.ChoiceField(choices=Order.choices, default=Order.PRIORITY, help_text="Which task comes next.")
    open_leases = serializers.IntegerField(
        min_value=1, max_value=MAX_OPEN_LEASES, default=MAX_OPEN_LEASES, help_text="Tasks a worker may hold at once."
    )
    responses_per_day = _limit("Answers a worker may give from midnight to midnight UTC; null is no limit.")
    responses_per_minute = _limit("Answers a worker may give in a minute; null is no limit.")
    undo_seconds = serializers.IntegerField(
        min_value=0, max_value=3600, default=120, help_text="How long a worker may take the last answer or skip back."
    )
    training_tasks = serializers.IntegerField(
        min_value=0, max_value=1000, default=0, help_text="Training tasks a worker answers, with feedback, before work."
    )
    exam_tasks = serializers.IntegerField(
        min_value=0, max_value=1000, default=0, help_text="Gold tasks that a worker is examined on before work."
    )
    exam_score = serializers.FloatField(
        min_value=0.0, max_value=1.0, default=0.8, help_text="Share of right answers that passes the exam."
    )
    exam_attempts = serializers.IntegerField(min_value=1, max_value=100, default=3)
    exam_cooldown_seconds = serializers.IntegerField(
        min_value=0, max_value=30 * DAY, default=3600, help_text="How long to wait after a failed exam."
    )
    required_skill = _skill(
        MAX_SKILL,
        "Only workers who have this skill get tasks: the slug of the project that grants it, a slash and its name "
        "there. You have to be more than a worker in that project. Empty asks for none.",
    )
    granted_skill = _skill(
        80, "The skill that passing the exam gives, for other projects to require; no slashes. Empty gives none."
    )

    on_unreliable = serializers.ChoiceField(
        choices=OnUnreliable.choices,
        default=OnUnreliable.PAUSE,
        help_text="What happens to a worker whose answers to gold show that they are unreliable.",
    )
    quiet_hours = _limit(
        "After so many hours without an answer the event `project.quiet` is sent; null is never.", 24, MAX_QUIET_HOURS
    )
    prelabels_vote = serializers.BooleanField(
        default=True,
        help_text="What a model predicts counts as one more vote, whose reliability is learnt; not where it is shown.",
    )
    shown_model = serializers.CharField(
        max_length=MAX_MODEL,
        allow_blank=True,
        default="",
        help_text="Workers are shown what the model of this name predicts. Empty shows nothing.",
    )
    blind_share = serializers.FloatField(
        min_value=0.0,
        max_value=1.0,
        default=0.2,
        help_text="Share of tasks that a worker answers without seeing the prediction: it measures what seeing does.",
    )

    def validate_method(self, value: str) -> str:
        known = sorted({name for names in methods.values() for name in names})
        if value not in known:
            message = _("There is no such method; use one of: {methods}.").format(methods=", ".join(known))
            raise serializers.ValidationError(message, code="unknown_method")
        return value

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
