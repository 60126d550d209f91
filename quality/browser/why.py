"""How the label of a task came to be, in sentences for people."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowd.projects.models import Project
from quality.browser.everything import TaskFile
from quality.charts import percent
from quality.models import Consensus, Summary

State, Source = Consensus.State, Consensus.Source


def why(file: TaskFile, label: Consensus | None) -> list[str]:
    """Where the label comes from, and why the task is in the state it is in."""
    if label is None:
        return [_("Nobody's answer counts yet, so nothing is believed of it."), *_needs(file)]
    return [_origin(file, label), *([] if label.source != Source.CONSENSUS else _rule(file, label)), *_needs(file)]


def _origin(file: TaskFile, label: Consensus) -> str:
    if label.source == Source.ADJUDICATED:
        reviewer = file.adjudication.reviewer if file.adjudication else None
        who = reviewer.email if reviewer else _("somebody")
        return _("{who} decided it. A decision stands above all answers until it is taken back.").format(who=who)
    if label.source == Source.GOLD:
        return _("It is gold: its right answer is known, whatever workers say.")
    summary = Summary.objects.filter(project=label.project_id).only("method", "reason").first()
    text = ngettext(
        "Worked out from {n} answer by the method {method}.",
        "Worked out from {n} answers by the method {method}.",
        label.responses,
    )
    return text.format(n=label.responses, method=(summary and summary.method) or file.task.project.method)


def _rule(file: TaskFile, label: Consensus) -> list[str]:
    project = file.task.project
    words = {"sure": _shown(label.confidence), "target": _shown(project.target_confidence), **_limits(project)}
    rules = {
        State.SETTLED: _("Settled: it is {sure} sure, and {target} is wanted, from {least} answers on."),
        State.DISPUTED: _("Disputed: all {most} answers are used up, and it is {sure} sure where {target} is wanted."),
        State.OPEN: _("Open: it is {sure} sure. It is settled from {target} on, with {least} to {most} answers."),
    }
    return [rules[State(label.state)].format(**words)]


def _needs(file: TaskFile) -> list[str]:
    task = file.task
    if task.is_exhausted:
        return [_("Exhausted: everybody who may answer it has answered it or passed it on.")]
    missing = task.answers_needed - task.answers_counted
    if task.purpose != task.Purpose.WORK or not task.has_content or missing <= 0:
        return []
    text = ngettext(
        "{n} more answer is asked for; {live} workers are at it.",
        "{n} more answers are asked for; {live} workers are at it.",
        missing,
    )
    return [text.format(n=missing, live=task.leases_live)]


def _limits(project: Project) -> dict[str, Any]:
    return {"least": project.min_responses, "most": project.max_responses}


def _shown(share: float) -> str:
    return f"{float(percent(share)):.1f} %"
