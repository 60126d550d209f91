"""One class out of the project's classes, as the service asks for it."""

import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer, InvalidAnswer
from crowd.projects.class_names import class_called
from crowd.projects.classes import Schema, with_keys
from crowd.projects.models import Project
from quality.aggregation import METHODS
from quality.kinds.choice.schema import ChoiceSchema

SHOWN = 12
SHORT_TITLE = 3  # characters: such answers fit side by side on a phone


class Choice:
    """The answer is the name of a class."""

    name = "choice"
    label = gettext_lazy("One class")
    schema = ChoiceSchema()
    methods = tuple(METHODS)

    def parse(self, value: Any, project: Project) -> str:
        names = project.class_names
        if isinstance(value, str) and (called := class_called(value, names)) is not None:
            return called
        shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        message = _("{value} is not a class of this project. Its classes are: {classes}.")
        raise InvalidAnswer(message.format(value=json.dumps(value, ensure_ascii=False)[:100], classes=shown))

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        titles = {each["name"]: each["title"] for each in with_keys(schema)}
        return lambda answer: "" if answer is None else titles.get(answer, str(answer))

    def asked(self, schema: Schema) -> dict[str, Any]:
        classes = with_keys(schema)
        short = all(len(each["title"]) <= SHORT_TITLE for each in classes)
        return {"classes": classes, "shape": "short" if short else "long"}

    def keys(self, schema: Schema) -> dict[str, str]:
        return {each["key"]: each["title"] for each in with_keys(schema) if each["key"]}
