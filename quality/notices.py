"""What an owner should know of without looking for it: on top of the project's page."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowd.projects.models import Project
from quality.answers.model_voters import NAME
from quality.gold.suspects import suspect_gold
from quality.inactivity import quiet_since
from quality.models import Summary
from quality.workers.rows import with_habit
from quality.workers.trust import ALARM as STANDINGS
from tasks.models import Task

WORKERS_NAMED = 5

Purpose = Task.Purpose


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence, and the pages where something can be done about it, by name."""

    text: str
    links: dict[str, str]


def read_notices(project: Project) -> list[Notice]:
    alarm = Summary.objects.filter(project=project).values_list("alarm", flat=True).first() or {}
    found = (
        _dishonesty(project, alarm),
        _many_unreliable(project, alarm.get(STANDINGS)),
        _suspect_gold(project),
        _quiet(project),
        _short_training(project),
        _short_exam(project),
        _skippers(project),
        _unheard_model(project),
    )
    return [notice for notice in found if notice is not None]


def _dishonesty(project: Project, alarm: dict[str, Any]) -> Notice | None:
    """Labels follow the workers: where too many mislead, an owner has to look before anything
    else."""
    if "adversarial" not in alarm:
        return None
    text = _(
        "{adversarial} of {workers} workers with enough answers look as if they didn't answer honestly: don't rely on "
        "these labels yet. Read what speaks against the workers, pause those who mislead and declare their answers "
        "worthless. Add test tasks whose answers you know: without them nothing tells a dishonest majority from an "
        "honest one. If most workers are right, the instructions or the known answers may be wrong."
    )
    return Notice(text.format(**alarm), _links_to_workers(project) | _links_to_settings(project))


def _many_unreliable(project: Project, alarm: dict[str, int] | None) -> Notice | None:
    if not alarm:
        return None
    text = _(
        "By the test tasks {unreliable} of {workers} workers are unreliable. When it is more than half, the test tasks "
        "or the instructions may be wrong, so nobody was paused. Look at both, and pause whom you don't believe."
    )
    links = {_("Test tasks"): reverse("gold", args=[project.slug])}
    return Notice(text.format(**alarm), links | _links_to_workers(project))


def _suspect_gold(project: Project) -> Notice | None:
    if not suspect_gold(project).exists():
        return None
    text = _(
        "Reliable workers contradict some test tasks. If these are wrong, whoever answered them rightly is counted as "
        "wrong, and all labels look less sure than they are: that makes disputes, and asks for more answers."
    )
    return Notice(text, {_("Look at them"): reverse("gold", args=[project.slug]) + "?suspect=on"})


def _quiet(project: Project) -> Notice | None:
    since = quiet_since(project)
    if since is None:
        return None
    text = _("There are open tasks, and nobody has answered since {when}.")
    return Notice(text.format(when=date_format(localtime(since), "DATETIME_FORMAT")), _links_to_members(project))


def _short_training(project: Project) -> Notice | None:
    wanted = project.training_tasks
    there = _open_tasks(project, Purpose.TRAINING, wanted)
    if there >= wanted:
        return None
    text = _(
        "Workers are to answer {wanted} training tasks before the work, and there are {there}: "
        "they go on when they have answered those."
    )
    return Notice(text.format(wanted=wanted, there=there), _links_to_settings(project))


def _short_exam(project: Project) -> Notice | None:
    """Nobody gets a gold task twice, so that every attempt needs gold of its own."""
    wanted, attempts = project.exam_tasks, project.exam_attempts
    there = _open_tasks(project, Purpose.GOLD, wanted * attempts)
    if there < wanted:
        text = _("The exam is to have {wanted} hidden test tasks, and there are {there}.")
    elif there < wanted * attempts:
        text = _(
            "There are {there} hidden test tasks, enough for {full} of the {attempts} attempts at the exam: "
            "nobody gets the same one twice."
        )
    else:
        return None
    full = there // wanted
    return Notice(text.format(wanted=wanted, there=there, full=full, attempts=attempts), _links_to_settings(project))


def _open_tasks(project: Project, purpose: str, most: int) -> int:
    """How many tasks there are for a purpose, as far as it matters."""
    return Task.objects.for_project(project).filter(purpose=purpose, is_open=True)[:most].count() if most else 0


def _links_to_settings(project: Project) -> dict[str, str]:
    return {
        _("Add tasks"): reverse("imports", args=[project.slug]),
        _("Settings"): reverse("settings", args=[project.slug]),
    }


def _links_to_workers(project: Project) -> dict[str, str]:
    return {_("All workers"): reverse("workers", args=[project.slug])}


def _links_to_members(project: Project) -> dict[str, str]:
    return {_("Invite workers"): reverse("members", args=[project.slug])}


def _skippers(project: Project) -> Notice | None:
    flagged = list(with_habit(project, "skips_often")[: WORKERS_NAMED + 1])
    if not flagged:
        return None
    text = ngettext(
        "A worker skips many tasks. The reasons may tell what is wrong with the tasks, or with the worker.",
        "Several workers skip many tasks. The reasons may tell what is wrong with the tasks, or with the workers.",
        len(flagged),
    )
    links = {
        worker.display_name: reverse("worker", args=[project.slug, worker.pk]) for worker in flagged[:WORKERS_NAMED]
    }
    return Notice(text, links | (_links_to_workers(project) if flagged[WORKERS_NAMED:] else {}))


def _unheard_model(project: Project) -> Notice | None:
    """A model that workers are to see, and of which nothing has come though labels are worked out:
    its name is misspelt, or its predictions were forgotten."""
    if not project.shown_model or not Summary.objects.filter(project=project, fitted__gt=0).exists():
        return None
    if project.memberships.filter(name=NAME.format(name=project.shown_model), user=None).exists():
        return None
    text = _("Workers are to see what the model {model} predicts, and no prediction under that name has come in.")
    return Notice(text.format(model=project.shown_model), _links_to_settings(project))
