"""Fields of a task's data that are pictures: `{"picture": sha256}`, with what else there is to say
of it, such as an id."""

from collections.abc import Collection, Mapping
from typing import Any

PICTURE = "picture"


def pictures_named(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of the picture of each field that is one."""
    return {name: value[PICTURE] for name, value in data.items() if isinstance(value, dict) and PICTURE in value}


def without_pictures(data: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The data as workers see them: of these fields only what is no hash, for that would name the
    original to whoever knows it from elsewhere."""
    rest = {name: _without(value) if name in fields else value for name, value in data.items()}
    return {name: value for name, value in rest.items() if name not in fields or value}


def _without(value: Any) -> Any:
    return {key: each for key, each in value.items() if key != PICTURE} if isinstance(value, dict) else value
