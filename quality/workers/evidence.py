"""What speaks for the flags of a worker, as owners read it: a sentence each, with the others whom
it names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowd.projects.answer_kinds import shown_of, text_of
from crowd.projects.models import Membership, Project
from quality.workers.rows import flag_text, habits_of, queue_state_of, score_of

Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Partner:
    """Another worker whom the evidence names."""

    name: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A flag, the sentence that says why, and others whom it is about."""

    title: str
    text: str
    partners: list[Partner] = field(default_factory=list)


def remarks_on(worker: Membership) -> list[Remark]:
    """One for each flag with evidence, as of the last fit, and of what was let go as of now."""
    found = {flag: numbers for flag, numbers in score_of(worker).evidence.items() if flag in SENTENCES}
    names = _names(worker.project, found)
    remarks = [
        Remark(
            flag_text(flag), SENTENCES[flag](worker.project, numbers, names), _partners(flag, worker, numbers, names)
        )
        for flag, numbers in found.items()
    ]
    return remarks + _on_what_was_let_go(worker)


def _on_what_was_let_go(worker: Membership) -> list[Remark]:
    queue_state = queue_state_of(worker)
    if "lets_go_often" not in habits_of(queue_state):
        return []
    text = _(
        "{let_go} of {leased} tasks that were handed out were handed back or forgotten without an answer. That may be "
        "a program that fetches too many, or somebody who looks for the easy ones."
    )
    return [Remark(flag_text("lets_go_often"), text.format(let_go=queue_state.let_go, leased=queue_state.leased))]


def evidence_of(worker: Membership) -> dict[str, Any]:
    """The same in numbers, with classes by name, as programs read it."""
    evidence: dict[str, Any] = {flag: dict(numbers) for flag, numbers in score_of(worker).evidence.items()}
    for numbers in evidence.values():
        if "class" in numbers:
            numbers["class"] = shown_of(worker.project)(numbers["class"])
    return evidence


def _names(project: Project, evidence: Mapping[str, Numbers]) -> dict[int, str]:
    """Those of all partners who are still there."""
    keys = {partner["worker"] for numbers in evidence.values() for partner in numbers.get("partners", ())}
    partners = Membership.objects.filter(project=project, pk__in=keys).select_related("user") if keys else ()
    return {partner.pk: partner.display_name for partner in partners}


def _partners(flag: str, worker: Membership, numbers: Numbers, names: Mapping[int, str]) -> list[Partner]:
    say = _with_shared_mistakes if flag == "copying" else _with_equal_answers
    return [
        Partner(names[each["worker"]], reverse("worker", args=[worker.project.slug, each["worker"]]), say(each))
        for each in numbers.get("partners", ())
        if each["worker"] in names
    ]


def _with_shared_mistakes(numbers: Numbers) -> str:
    text = ngettext(
        "{shared} shared mistake, where {expected} were to be expected; both answered {common} tasks",
        "{shared} shared mistakes, where {expected} were to be expected; both answered {common} tasks",
        numbers["shared"],
    )
    return text.format(shared=numbers["shared"], expected=_figure(numbers["expected"]), common=numbers["common"])


def _with_equal_answers(numbers: Numbers) -> str:
    text = _("the same answer on {alike} of {common} tasks").format(alike=numbers["alike"], common=numbers["common"])
    if numbers["rhythm"] is None:
        return text
    rhythm = _("the times they take correlate by {rhythm}").format(rhythm=_figure(numbers["rhythm"], 2))
    return f"{text}; {rhythm}"


def _figure(value: float, digits: int = 1) -> str:
    return number_format(value, digits)


def _percent(share: float) -> str:
    return _figure(100 * share, 0)


def _too_fast(_project: Project, numbers: Numbers, _names: Any) -> str:
    text = _("Takes {percent} % of the time that the others take on the same tasks, over {answers} timed answers.")
    return text.format(percent=_percent(numbers["pace"]), answers=numbers["answers"])


def _constant(project: Project, numbers: Numbers, _names: Any) -> str:
    title = text_of(project)(numbers["class"]) or "?"
    text = _("Gave “{title}” to {given} of {answers} tasks, where {expected} were to be expected of these tasks.")
    expected = _figure(numbers["expected"])
    return text.format(title=title, given=numbers["given"], answers=numbers["answers"], expected=expected)


def _pattern(_project: Project, numbers: Numbers, _names: Any) -> str:
    text = ngettext(
        "{repeated} of {answers} answers equal the one before, where {expected} were to be expected.",
        "{repeated} of {answers} answers equal the one {period} answers before, where {expected} were to be expected.",
        numbers["period"],
    )
    return text.format(**{**numbers, "expected": _figure(numbers["expected"])})


def _guessing(_project: Project, numbers: Numbers, _names: Any) -> str:
    text = _(
        "Knows {percent} % of the answers and guesses the rest, by {answers} answers beside those of others; "
        "between {low} % and {high} % with 95 % probability."
    )
    knows = {"percent": numbers["knowledge"], "low": numbers["low"], "high": numbers["high"]}
    return text.format(answers=numbers["answers"], **{name: _percent(share) for name, share in knows.items()})


def _worse_than_chance(_project: Project, numbers: Numbers, _names: Any) -> str:
    text = _("About {right} of {seen} answers are right, fewer than the {chance} that blind guesses would get.")
    chance = _figure(numbers["chance"] * numbers["seen"])
    return text.format(right=_figure(numbers["right"]), seen=numbers["seen"], chance=chance)


def _copying(_project: Project, numbers: Numbers, names: Mapping[int, str]) -> str:
    text = ngettext(
        "Shares {shared} mistake with {name}, where {expected} were to be expected.",
        "Shares {shared} mistakes with {name}, where {expected} were to be expected.",
        numbers["shared"],
    )
    named = {"name": _name(numbers, names), "expected": _figure(numbers["expected"])}
    told = text.format(shared=numbers["shared"], **named)
    if numbers["ring_size"] <= 2:
        return told
    ring = _("{n} workers are joined by such mistakes.").format(n=numbers["ring_size"])
    return f"{told} {ring}"


def _one_source(_project: Project, numbers: Numbers, names: Mapping[int, str]) -> str:
    text = _(
        "Gives the same answer as {name} on {alike} of {common} tasks, mistakes among them: "
        "they may be one person, or a program."
    )
    return text.format(name=_name(numbers, names), alike=numbers["alike"], common=numbers["common"])


def _name(numbers: Numbers, names: Mapping[int, str]) -> str:
    return names.get(numbers["worker"]) or _("somebody who has left")


SENTENCES: dict[str, Callable[[Project, Numbers, Mapping[int, str]], str]] = {
    "too_fast": _too_fast,
    "constant": _constant,
    "pattern": _pattern,
    "guessing": _guessing,
    "worse_than_chance": _worse_than_chance,
    "copying": _copying,
    "one_source": _one_source,
}
