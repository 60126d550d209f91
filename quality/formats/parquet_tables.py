"""Parquet, a column at a time.

The command line reads it, straight into arrays (`quality/tables/parquet_files.py`); the service
does not.
"""

from collections.abc import Iterable, Iterator

from quality.formats.columns import Chunk, Layout
from quality.formats.table_format import TableFormat


def write(layout: Layout, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """Names are dictionary-encoded where they come so, numbers are as they are, and nan is null.
    Columns without a type come in one chunk. Raises ModuleNotFoundError without pyarrow."""
    from quality.formats.parquet_writing import written  # noqa: PLC0415 (its library is slow to load)

    return written(layout, chunks)


FORMAT = TableFormat(
    name="parquet",
    title="Parquet",
    endings=(".parquet",),
    media_types=("application/vnd.apache.parquet",),
    write=write,
    read=None,
)
