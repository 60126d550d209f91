"""What is shown of a task: its data, and where its pictures are and how large."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tasks.models import IMAGE, Task
from tasks.models.picture_fields import pictures_named, without_pictures


def shown(task: Task, data: Mapping[str, Any], address: str) -> dict[str, Any]:
    """`data`, and for a task with pictures `pictures`, by field, and `image` where there is only
    one. Widths and heights are those of the upright originals, the frame of all geometry.

    data: those of the task as they are presented, which may be in another order than they are
    stored in. address: where the task's only picture is.
    """
    frames = frames_of(task, data)
    if not frames:
        return {"data": data}
    rest = without_pictures(data, frames)
    pictures = {
        field: {"url": _address_of(address, field, len(frames)), "width": width, "height": height}
        for field, (width, height) in frames.items()
    }
    if len(frames) > 1:
        return {"data": rest, "pictures": pictures}
    return {"data": {**rest, IMAGE: address}, "pictures": pictures, "image": next(iter(pictures.values()))}


def frames_of(task: Task, data: Mapping[str, Any]) -> dict[str, list[int]]:
    """Width and height by the fields that pictures are presented in."""
    frames: dict[str, list[int]] = task.frames or {}
    stored = {sha256: frames[field] for field, sha256 in _known(task.data, frames)}
    return {field: stored[sha256] for field, sha256 in _known(data) if sha256 in stored} or frames


def _known(data: Mapping[str, Any], fields: Any = None) -> list[tuple[str, str]]:
    return [
        (field, sha256)
        for field, sha256 in pictures_named(data).items()
        if isinstance(sha256, str) and (fields is None or field in fields)
    ]


def _address_of(address: str, field: str, pictures: int) -> str:
    return address if pictures == 1 else f"{address}?field={quote(field, safe='')}"
