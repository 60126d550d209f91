"""The policy as fields of a form, made of the knobs: limits and defaults are the API's, the words
are for owners."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crowd.projects.knobs import KNOBS, Knob


class PolicyForm(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields |= {name: _field(knob) for name, knob in KNOBS.items()}

    def offer_choices(self, methods: Iterable[str], skills: list[str]) -> None:
        """Fill in what can be chosen now: these methods, and these skills."""
        self.fields["method"].choices = [(name, name) for name in methods]  # type: ignore[attr-defined]
        self.fields["required_skill"].choices = [  # type: ignore[attr-defined]
            ("", _("none")),
            *((name, name) for name in skills),
        ]


def _field(knob: Knob) -> forms.Field:
    words: dict[str, Any] = {"label": knob.label, "help_text": knob.hint}
    match knob.rule:
        case serializers.IntegerField() | serializers.FloatField() as rule:
            return _number(rule, words)
        case serializers.BooleanField() as rule:
            return forms.TypedChoiceField(
                choices=knob.choices, coerce=lambda chosen: chosen == "True", initial=rule.default, **words
            )
        case serializers.ChoiceField() as rule:
            return forms.ChoiceField(choices=list(rule.choices.items()), initial=rule.default, **words)
        case serializers.CharField() as rule if knob.offered:
            return forms.ChoiceField(required=not rule.allow_blank, **words)
        case serializers.CharField() as rule:
            return forms.CharField(
                required=not rule.allow_blank, max_length=rule.max_length, initial=rule.default, **words
            )
        case rule:
            raise TypeError(f"there is no form field for {type(rule).__name__}")


def _number(rule: Any, words: dict[str, Any]) -> forms.Field:
    whole = isinstance(rule, serializers.IntegerField)
    kind: type[forms.IntegerField] = forms.IntegerField if whole else forms.FloatField
    return kind(
        required=not rule.allow_null,
        initial=rule.default,
        min_value=rule.min_value,
        max_value=rule.max_value,
        widget=forms.NumberInput(attrs={"step": "1" if whole else "any"}),
        **words,
    )
