"""Storing pictures: the original's bytes once per project, and the copies of it that are served."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress

from crowd.files import discard, keep
from crowd.projects.models import Project
from tasks.imaging import BadImage, CleanImage, full_size, reencode
from tasks.imaging.pictures import CONTENT_TYPES
from tasks.models import Image
from tasks.models.images import COPIES, ORIGINALS


def store_image(project: Project, content: bytes) -> Image:
    """The picture with its copies, stored now or before. Raises BadImage."""
    return store_and_note(project, content)[0]


def store_and_note(project: Project, content: bytes) -> tuple[Image, Sequence[str]]:
    """The same, and what is to be said of how it was read. Raises BadImage."""
    image, _made = store_or_find(project, content)
    return image, image.notes


def store_or_find(project: Project, content: bytes) -> tuple[Image, bool]:
    """The picture, and whether it is new here. Raises BadImage.

    It is kept for the grace period of pictures that nothing refers to, and as long as a task does.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = Image.objects.filter(project=project, sha256=sha256)
    known.take_up()
    if image := known.first():
        return image, False
    return _stored(project, sha256, content, reencode(content))


def _stored(project: Project, sha256: str, content: bytes, clean: CleanImage) -> tuple[Image, bool]:
    """Files come before the row: a row never points at nothing. Each row has files of its own, so
    that who stores a picture and who frees the same one of before are not in each other's way."""
    files = _kept(f"{project.pk}/{sha256[:2]}/{sha256[2:]}-{secrets.token_hex(4)}", content, clean)
    image, is_new = Image.objects.get_or_create(
        project=project,
        sha256=sha256,
        defaults={
            **files,
            "original_type": clean.original_type,
            "content_type": clean.content_type,
            "width": clean.width,
            "height": clean.height,
            "turn": clean.turn,
            "notes": clean.notes,
        },
    )
    if not is_new:  # somebody else was quicker
        discard(files.values())
    return image, is_new


def _kept(name: str, content: bytes, clean: CleanImage) -> dict[str, str]:
    """The names of its files, by the field of the row."""
    ending = CONTENT_TYPES[clean.content_type]
    copies = {"file": (f".{ending}", clean.content), "thumbnail": (f".small.{ending}", clean.thumbnail)}
    if clean.is_scaled:
        with suppress(BadImage):  # what is too dear in full size is shown as large as it is served at first
            full = full_size(content)
            copies["full"] = (f".full.{CONTENT_TYPES[full.content_type]}", full.content)
    original = keep(f"{ORIGINALS}/{name}", content)
    return {"original": original} | {
        field: keep(f"{COPIES}/{name}{end}", made) for field, (end, made) in copies.items()
    }
