"""Pictures are files beside the database: whoever serves its pages must see the folder that they
are in."""

import uuid
from pathlib import Path

from django.conf import settings

from crowd.people.models import MediaFolder

MARKER = "media-id"


def mark_media_folder() -> None:
    """Mark the folder as this database's, unless there is another. Raises ValueError if there
    is."""
    marker = Path(settings.MEDIA_ROOT) / MARKER
    marker.parent.mkdir(parents=True, exist_ok=True, mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)
    # Of two hosts that start for the first time together, one makes the row.
    name = {"name": _name_on(marker) or uuid.uuid4().hex}
    folder, made = MediaFolder.objects.get_or_create(only=True, defaults=name)
    if made:
        marker.write_text(f"{folder.name}\n")
    elif _name_on(marker) != folder.name:
        raise ValueError(
            f"the pictures of this database are not in {marker.parent}: mount the folder there that has them, which "
            f"all hosts share. To go on with this one nevertheless, write {folder.name} into {marker}"
        )


def is_media_folder_here() -> bool:
    """Whether this process sees the folder that the database's pictures are in."""
    folder = MediaFolder.objects.first()
    return folder is None or folder.name == _name_on(Path(settings.MEDIA_ROOT) / MARKER)


def _name_on(marker: Path) -> str:
    return marker.read_text().strip() if marker.exists() else ""
