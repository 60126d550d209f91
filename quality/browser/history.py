"""What people have done about a task, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crowd.people.models import User
from quality.browser.everything import TaskFile

# Decisions are told of by themselves, with what they were.
DONE: dict[str, Any] = {
    "gold.set": _("Made a test task, or given another right answer"),
    "gold.confirmed": _("Its right answer confirmed"),
    "gold.withdrawn": _("Made ordinary work again"),
    "task.asked_again": _("More answers asked for"),
}
DECISIONS = ("task.adjudicated", "adjudication.withdrawn")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did about a task."""

    at: datetime
    what: str
    who: str
    answer: str = ""
    gold: bool = False
    explanation: str = ""


def history(file: TaskFile, text: Callable[[Any], str]) -> list[Deed]:
    """The latest first."""
    decided = [
        Deed(each.at, each.get_action_display(), _email(each.actor), text(each.answer), each.gold, each.explanation)
        for each in file.decisions
    ]
    done = [
        Deed(each.at, str(DONE.get(each.action, each.action)), _email(each.actor))
        for each in file.audited
        if each.action not in DECISIONS
    ]
    return sorted(decided + done, key=lambda deed: deed.at, reverse=True)


def _email(person: User | None) -> str:
    return person.email if person else ""
