"""What people fill in on the pages of tasks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crowd.projects.models import Membership, Project
from quality.browser.api import MOST_ASKED
from quality.browser.wanted import FLAGS
from quality.kinds.protocol import consensus_kind
from quality.models import Consensus

WORKERS_LISTED = 200
ANY = ("", _("any"))
SORTS = [
    ("id", _("id")),
    ("-id", _("id, the last first")),
    ("confidence", _("confidence, the least sure first")),
    ("-confidence", _("confidence, the surest first")),
    ("-updated", _("change, the latest first")),
    ("updated", _("change, the earliest first")),
    ("-answers", _("answers, the most first")),
    ("answers", _("answers, the fewest first")),
]


class WantedForm(forms.Form):
    """Which tasks are shown, and in which order."""

    q = forms.CharField(label=_("Id begins with"), max_length=300, strip=False, required=False)
    text = forms.CharField(label=_("Text in the data"), max_length=200, required=False)
    state = forms.ChoiceField(label=_("State"), choices=[ANY, *Consensus.State.choices], required=False)
    min_confidence = forms.FloatField(label=_("Confidence from"), min_value=0, max_value=1, required=False)
    max_confidence = forms.FloatField(label=_("to"), min_value=0, max_value=1, required=False)
    gold = forms.TypedChoiceField(
        label=_("Test tasks"),
        choices=[ANY, ("true", _("only these")), ("false", _("none of these"))],
        coerce=lambda said: said == "true",
        empty_value=None,
        required=False,
    )
    flag = forms.ChoiceField(label=_("Flag"), choices=[ANY, *FLAGS], required=False)
    sort = forms.ChoiceField(label=_("Sorted by"), choices=SORTS, required=False)

    def __init__(self, project: Project, *arguments: Any) -> None:
        super().__init__(*arguments)
        options = consensus_kind(project).options(project.schema)
        choices = [("", _("any")), *((each.cell, each.title) for each in options)]
        self.fields["class"] = forms.ChoiceField(label=_("Label"), choices=choices, required=False)
        if not options:
            del self.fields["class"]
        self.fields["worker"] = forms.TypedChoiceField(
            label=_("Answered by"), choices=self._workers(project), coerce=int, empty_value=None, required=False
        )

    def _workers(self, project: Project) -> list[tuple[Any, Any]]:
        """Some of them, and the one who was asked for."""
        workers = Membership.objects.filter(project=project).select_related("user").order_by("pk")
        listed = {each.pk: each.display_name for each in workers.filter(role="worker")[:WORKERS_LISTED]}
        asked = self.data.get("worker", "")
        if asked.isdecimal() and len(asked) < 19:
            listed |= {each.pk: each.display_name for each in workers.filter(pk=int(asked))}
        return [ANY, *listed.items()]

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, as the API names it; what can't be read is left out."""
        self.is_valid()
        return {name: each for name, each in self.cleaned_data.items() if name != "sort" and each not in ("", None)}

    @property
    def asks_for_more(self) -> bool:
        """Whether one of the filters is in use that are folded away."""
        return not self.asked.keys() <= {"q", "text", "state", "class"}

    @property
    def order(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("sort") or "id"


class DecisionForm(forms.Form):
    """`seen` is the decision that the page showed, if there was one."""

    id = forms.CharField(max_length=300, strip=False)
    answer = forms.CharField(required=False, strip=False)
    seen = forms.CharField(required=False)


class ChangeForm(forms.Form):
    id = forms.CharField(max_length=300, strip=False)
    action = forms.ChoiceField(choices=[(name, "") for name in ("gold", "withdraw", "more", "delete")])
    answer = forms.CharField(required=False, strip=False)
    explanation = forms.CharField(max_length=5000, required=False)
    training = forms.BooleanField(required=False)
    answers = forms.IntegerField(min_value=1, max_value=MOST_ASKED, required=False)
