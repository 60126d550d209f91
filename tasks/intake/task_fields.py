"""What a task may look like, however it comes in: by the API or as a line of a table."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from crowd.api import StrictSerializer

MAX_DATA_CHARS = 100_000
MAX_ID = 300
MAX_PRIORITY = 2**31 - 1
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class GoldSerializer(StrictSerializer):
    answer = serializers.JSONField()
    explanation = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    training = serializers.BooleanField(
        default=False, help_text="Shown before the work, with the answer and the explanation; not hidden among it."
    )


class TaskSerializer(StrictSerializer):
    external_id = serializers.CharField(max_length=MAX_ID)
    data = serializers.DictField()  # type: ignore[assignment]  # not the framework's own `data`
    priority = serializers.IntegerField(min_value=-MAX_PRIORITY, max_value=MAX_PRIORITY, default=0)
    gold = GoldSerializer(required=False, allow_null=True)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Checks in one look what is plainly right, as nearly everything is; the rest field by
        field."""
        return {"priority": 0, **data} if _is_plain(data) else super().run_validation(data)

    def validate_external_id(self, value: str) -> str:
        if not is_one_line(value):
            raise serializers.ValidationError(
                _("An id has no line breaks and no control characters."), code="not_a_line"
            )
        return value

    def validate_data(self, value: dict[str, Any]) -> dict[str, Any]:
        if not value:
            raise serializers.ValidationError(_("There is nothing to show a worker."), code="empty")
        if not _is_short(value):
            raise serializers.ValidationError(_("At most 100,000 characters."), code="too_long")
        return value


def is_one_line(name: str) -> bool:
    """Whether a name stays one line wherever it is written: in an address, a table, a log."""
    return BREAKS.search(name) is None


def _is_short(data: dict[str, Any]) -> bool:
    """Whether what a worker is shown has few enough characters, however they are written down."""
    written_down = len(repr(data)) <= MAX_DATA_CHARS  # soon seen, and then so it is
    return written_down or max(_characters(data.values()), _characters(data)) <= MAX_DATA_CHARS


def _characters(values: Iterable[Any]) -> int:
    """How many there are in all texts, also in lists and objects."""
    count = 0
    for value in values:
        if isinstance(value, dict):
            count += _characters(value) + _characters(value.values())
        elif isinstance(value, list):
            count += _characters(value) + len(value)
        else:
            count += len(value) if isinstance(value, str) else len(str(value))
    return count


def _is_plain(task: Any) -> bool:
    """Whether a task is exactly as the fields above make it: nothing to convert, to trim, to add or
    to refuse."""
    if not isinstance(task, dict) or not {"external_id", "data"} <= task.keys() <= {"external_id", "data", "priority"}:
        return False
    name, data, priority = task["external_id"], task["data"], task.get("priority", 0)
    return (
        type(name) is str
        and 0 < len(name) <= MAX_ID
        and name == name.strip()
        and is_one_line(name)
        and type(data) is dict
        and len(data) > 0
        and _is_short(data)
        and type(priority) is int
        and -MAX_PRIORITY <= priority <= MAX_PRIORITY
    )
