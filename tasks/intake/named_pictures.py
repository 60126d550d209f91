"""Pictures that tasks name by hash: `{"picture": sha256}` in any field, sent before by
`POST …/pictures`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crowd.batches import batches
from crowd.projects.models import Project
from tasks.models import Image
from tasks.models.picture_fields import pictures_named

UNKNOWN = "unknown_picture"


def find_pictures(project: Project, tasks: Iterable[Mapping[str, Any]]) -> dict[str, Image]:
    """The pictures, by hash, that the data of these tasks name. They are kept for long enough to be
    used."""
    hashes = {each for data in tasks for each in pictures_named(data).values() if isinstance(each, str)}
    found: dict[str, Image] = {}
    for batch in batches(sorted(hashes)):
        images = Image.objects.filter(project=project, sha256__in=batch)
        images.take_up()
        found |= {image.sha256: image for image in images}
    return found


def pictures_of(data: Mapping[str, Any], known: Mapping[str, Image]) -> tuple[dict[str, Image], list[str]]:
    """The pictures of a task by field, and the fields whose picture nobody has sent."""
    named = pictures_named(data)
    unknown = [name for name, sha256 in named.items() if not isinstance(sha256, str) or sha256 not in known]
    return {name: known[sha256] for name, sha256 in named.items() if name not in unknown}, unknown


def unknown_picture() -> str:
    return _("There is no such picture in this project: send it first, and give its sha256 as you are told it.")
