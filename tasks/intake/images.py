"""Storing pictures: once per project and content, under a name made from the content."""

from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from crowd.projects.models import Project
from tasks.imaging import CleanImage, reencode
from tasks.models import Image


def store_image(project: Project, content: bytes) -> Image:
    """The picture, encoded anew and stored, or the same one stored before. Raises BadImage."""
    return store_and_note(project, content)[0]


def store_and_note(project: Project, content: bytes) -> tuple[Image, Sequence[str]]:
    """The same, and what is to be said of how it was read. Raises BadImage."""
    clean = reencode(content)
    return _stored(project, clean), clean.notes


def _stored(project: Project, clean: CleanImage) -> Image:
    stored = Image.objects.filter(project=project, sha256=clean.sha256).first()
    if stored is not None:
        return stored
    path = f"images/{project.pk}/{clean.sha256[:2]}/{clean.sha256}"
    files = {
        "file": _save(f"{path}.{clean.extension}", clean.content),
        "thumbnail": _save(f"{path}.small.{clean.extension}", clean.thumbnail),
    }
    image, _created = Image.objects.get_or_create(
        project=project,
        sha256=clean.sha256,
        defaults={**files, "content_type": clean.content_type, "width": clean.width, "height": clean.height},
    )
    return image


def _save(path: str, content: bytes) -> str:
    """Files come before the row: a row never points at nothing. A file without a row may be torn,
    left by a kill amid writing, and is replaced."""
    default_storage.delete(path)
    return default_storage.save(path, ContentFile(content))
