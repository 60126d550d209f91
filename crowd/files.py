"""Where uploads and pictures are stored."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

UNFINISHED = ".part"  # ending of a file that is not whole yet


class WholeFiles(FileSystemStorage):
    """Files of which all is stored or nothing: what a full disk tears would take up the little room
    there is."""

    def _save(self, name: str, content: Any) -> str:
        try:
            stored: str = super()._save(name, content)  # type: ignore[misc]  # the stubs know nothing of it
        except OSError:
            with suppress(OSError):
                Path(self.path(name)).unlink()
            raise
        return stored


def keep(name: str, content: bytes) -> str:
    """Store a file under a name that nothing else has, so that whoever is told of it finds it whole
    even after the power has failed. Returns the name."""
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True, mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)
    draft = path.with_name(path.name + UNFINISHED)
    try:
        _write(draft, content)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    return name


def _write(path: Path, content: bytes) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, settings.FILE_UPLOAD_PERMISSIONS)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def discard(names: Iterable[str]) -> None:
    """Delete files, as far as they are there."""
    for name in names:
        default_storage.delete(name)
