"""What an owner should know of without looking for it: on top of the project's page."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowd.projects.models import Project
from quality.workers import skipping
from tasks.models import Task

WORKERS_NAMED = 5

Shelf = Task.Shelf


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence, and the pages where something can be done about it, by name."""

    text: str
    links: dict[str, str]


def read_notices(project: Project) -> list[Notice]:
    found = (_short_training(project), _short_exam(project), _skippers(project))
    return [notice for notice in found if notice is not None]


def _short_training(project: Project) -> Notice | None:
    wanted = project.training_tasks
    there = _open_tasks(project, Shelf.TRAINING, wanted)
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
    there = _open_tasks(project, Shelf.GOLD, wanted * attempts)
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


def _open_tasks(project: Project, shelf: str, most: int) -> int:
    """How many tasks there are on a shelf, as far as it matters."""
    return Task.objects.for_project(project).filter(shelf=shelf, is_open=True)[:most].count() if most else 0


def _links_to_settings(project: Project) -> dict[str, str]:
    return {
        _("Add tasks"): reverse("imports", args=[project.slug]),
        _("Settings"): reverse("settings", args=[project.slug]),
    }


def _skippers(project: Project) -> Notice | None:
    flagged = list(skipping(project)[: WORKERS_NAMED + 1])
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
    return Notice(
        text, links | ({_("All workers"): reverse("workers", args=[project.slug])} if flagged[WORKERS_NAMED:] else {})
    )
