"""The formats of tables, by the names that the API, addresses and the command line call them by."""

from collections.abc import Mapping
from types import MappingProxyType

from quality.formats import csv_tables, json_lines, parquet_tables
from quality.formats.table_format import TableFormat

FORMATS: Mapping[str, TableFormat] = MappingProxyType(
    {each.FORMAT.name: each.FORMAT for each in (csv_tables, json_lines, parquet_tables)}
)

READ_BY_ROW: Mapping[str, TableFormat] = MappingProxyType(
    {name: each for name, each in FORMATS.items() if each.read is not None}
)
"""Those in which tasks, votes and gold come in."""


def format_called(file_name: str) -> TableFormat | None:
    """The format of a file by how its name ends, in any case; None if no format ends so."""
    name = file_name.lower()
    return next((each for each in FORMATS.values() if name.endswith(each.endings)), None)


def format_sent(media_type: str) -> TableFormat | None:
    """The format of a body by its media type, whose parameters are left aside."""
    plain = media_type.partition(";")[0].strip().lower()
    return next((each for each in FORMATS.values() if plain in each.media_types), None)
