"""One class out of the project's classes."""

import json
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.class_names import class_called
from crowd.projects.models import Project
from tasks.errors import InvalidAnswer

SHOWN = 12


class Choice:
    """The answer is the name of a class."""

    def parse(self, value: Any, project: Project) -> str:
        names = project.class_names
        if isinstance(value, str) and (called := class_called(value, names)) is not None:
            return called
        shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        message = _("{value} is not a class of this project. Its classes are: {classes}.")
        raise InvalidAnswer(message.format(value=json.dumps(value, ensure_ascii=False)[:100], classes=shown))
