"""Tables as the body of a request, in the formats that are read."""

import shutil
import tempfile
from typing import Any

from django.core.files import File
from rest_framework.parsers import BaseParser

from quality.formats.table_format import TableFormat


class TableParser(BaseParser):
    """Hands the body on as a file: tables are read line by line, each with its number."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the request)
        shutil.copyfileobj(stream, file)
        file.seek(0)
        return File(file, name="votes")


def parsers_of(*forms: TableFormat) -> tuple[type[TableParser], ...]:
    """For a route that takes tables of these formats: one for each media type, as the framework has
    it."""
    media_types = [media_type for form in forms for media_type in form.media_types]
    return tuple(type("TableParser", (TableParser,), {"media_type": each}) for each in media_types)
