"""Where uploads and pictures are stored."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


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
