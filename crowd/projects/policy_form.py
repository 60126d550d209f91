"""The quality policy as fields of a form: the limits and defaults are the serializer's, the words are for owners."""

from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crowd.projects.models import MAX_MODEL, OnUnreliable, Order
from crowd.projects.policy import PolicySerializer, methods


class Group(NamedTuple):
    """Fields that are shown under one heading."""

    title: Any
    names: tuple[str, ...]


def _number(name: str, label: Any, help_text: Any) -> forms.IntegerField:
    rule: Any = PolicySerializer().fields[name]
    whole = isinstance(rule, serializers.IntegerField)
    kind: type[forms.IntegerField] = forms.IntegerField if whole else forms.FloatField
    return kind(
        label=label,
        help_text=help_text,
        required=not rule.allow_null,
        initial=rule.default,
        min_value=rule.min_value,
        max_value=rule.max_value,
        widget=forms.NumberInput(attrs={"step": "1" if whole else "any"}),
    )


class PolicyForm(forms.Form):
    min_responses = _number("min_responses", _("Answers a task gets at least"), _("Every task gets this many."))
    max_responses = _number("max_responses", _("Answers a task gets at most"), _("Only unclear tasks get more."))
    target_confidence = _number("target_confidence", _("Confidence that settles a task"), _("From 0.5 to 1."))
    gold_rate = _number(
        "gold_rate",
        _("Share of hidden test tasks"),
        _("How often a worker meets a task whose answer you know (gold). 0.1 is every tenth."),
    )
    method = forms.ChoiceField(
        label=_("Method"), help_text=_("How answers become labels; auto chooses by how many there are.")
    )
    order = forms.ChoiceField(
        label=_("Which task comes next"),
        help_text=_(
            "Finishing what is begun gives finished labels soonest; one answer each gives an overview soonest."
        ),
        choices=Order.choices,
        initial=Order.PRIORITY,
    )
    lease_seconds = _number(
        "lease_seconds",
        _("Time for a task, in seconds"),
        _("A worker who has not answered by then loses the task to others."),
    )
    undo_seconds = _number(
        "undo_seconds", _("Time to undo, in seconds"), _("How long a worker may take back the last answer or skip.")
    )
    open_leases = _number(
        "open_leases", _("Tasks at once"), _("How many tasks a worker may hold unanswered. People need one or two.")
    )
    responses_per_day = _number(
        "responses_per_day",
        _("Answers a day"),
        _("Spreads the work over more people. Days begin at midnight UTC; empty is no limit."),
    )
    responses_per_minute = _number(
        "responses_per_minute", _("Answers a minute"), _("Slows down who clicks without looking; empty is no limit.")
    )
    training_tasks = _number(
        "training_tasks",
        _("Training tasks"),
        _("Tasks with a known answer, which is shown and explained after each. 0 is no training."),
    )
    exam_tasks = _number(
        "exam_tasks", _("Exam tasks"), _("Tasks with a known answer that a worker is examined on. 0 is no exam.")
    )
    exam_score = _number(
        "exam_score", _("Share right to pass"), _("From 0 to 1: with 0.8, eight of ten have to be right.")
    )
    exam_attempts = _number("exam_attempts", _("Attempts"), _("How often a worker may sit the exam."))
    exam_cooldown_seconds = _number(
        "exam_cooldown_seconds",
        _("Wait after a failed exam, in seconds"),
        _("3600 is an hour."),
    )
    required_skill = forms.ChoiceField(
        label=_("Skill that workers need"),
        help_text=_(
            "Who lacks it gets no tasks here. Listed is what projects grant in which you are more than a worker."
        ),
        required=False,
    )
    granted_skill = forms.CharField(
        label=_("Skill that passing the exam gives"),
        help_text=_("A short name, such as “owls”. Your other projects can require it; empty gives none."),
        required=False,
        max_length=80,
    )
    prelabels_vote = forms.TypedChoiceField(
        label=_("What models predict"),
        help_text=_(
            "A vote's weight is learnt, as everybody's is. A model that workers are shown has no vote of its own."
        ),
        choices=[(True, _("counts as one more vote")), (False, _("is kept, and counts for nothing"))],
        coerce=lambda chosen: chosen == "True",
        initial=True,
    )
    shown_model = forms.CharField(
        label=_("Model whose predictions workers see"),
        help_text=_("Its name, as its predictions were sent with. Empty shows nothing."),
        required=False,
        max_length=MAX_MODEL,
    )
    blind_share = _number(
        "blind_share",
        _("Share of tasks without the prediction"),
        _("From 0 to 1. Answers given blind show how far workers follow the model; with 0 nobody knows."),
    )
    on_unreliable = forms.ChoiceField(
        label=_("When hidden test tasks show that a worker is unreliable"),
        help_text=_(
            "It takes at least 20 of them. The worker is told why and can object; you can take all of it back."
        ),
        choices=OnUnreliable.choices,
        initial=OnUnreliable.PAUSE,
    )
    quiet_hours = _number(
        "quiet_hours",
        _("Hours without an answer until you are told"),
        _("By the event project.quiet of a webhook, and on the overview. Empty is never."),
    )

    POLICY_GROUPS = (
        Group(_("Answers per task"), ("min_responses", "max_responses", "target_confidence", "gold_rate", "method")),
        Group(_("Predictions"), ("prelabels_vote", "shown_model", "blind_share")),
        Group(_("Order"), ("order",)),
        Group(
            _("Limits for a worker"),
            ("lease_seconds", "undo_seconds", "open_leases", "responses_per_day", "responses_per_minute"),
        ),
        Group(
            _("Before real work"),
            ("training_tasks", "exam_tasks", "exam_score", "exam_attempts", "exam_cooldown_seconds"),
        ),
        Group(_("Skills"), ("required_skill", "granted_skill")),
        Group(_("Unreliable workers"), ("on_unreliable",)),
        Group(_("When nobody answers"), ("quiet_hours",)),
    )

    def offer_choices(self, skills: list[str]) -> None:
        """Fill in what can be chosen now: the methods there are, and these skills."""
        self.fields["method"].choices = [(name, name) for name in methods["choice"]]  # type: ignore[attr-defined]
        self.fields["required_skill"].choices = [  # type: ignore[attr-defined]
            ("", _("none")),
            *((name, name) for name in skills),
        ]

    @property
    def policy_names(self) -> list[str]:
        return [name for group in self.POLICY_GROUPS for name in group.names]
