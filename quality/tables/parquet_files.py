"""Parquet in, a column at a time."""

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from quality.aggregation import Coded
from quality.formats.table_format import TableFormat
from quality.tables.columns import Columns, found_places
from quality.tables.errors import BadFile
from quality.tables.extras import without_package

try:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
except ImportError:  # the command line works without it on text
    pa = pc = pq = None


def read_parquet(
    form: TableFormat, name: str, stream: BinaryIO, wanted: Columns
) -> tuple[dict[str, Coded], Sequence[int]]:
    """Text and numbers, dictionary-encoded or not. Faults are told with their row, counted from
    1."""
    _require_pyarrow(name)
    if not stream.seekable():
        raise BadFile(name, "Parquet cannot be read from a pipe; give the file's name")
    try:
        file = pq.ParquetFile(stream)
    except pa.ArrowInvalid as error:
        raise BadFile(name, f"not Parquet: {str(error).splitlines()[0]}") from None
    titles = file.schema_arrow.names
    places = found_places(name, titles, wanted, line=None)
    title_of = {column: titles[place] for column, place in places.items()}
    columns = {}
    for column, title in title_of.items():
        cells = file.read(columns=[title]).column(0)
        _require_readable(name, column, cells, wanted)
        columns[column] = _coded(cells)
        _require_no_blank(name, column, columns[column], wanted)
        del cells
        pa.default_memory_pool().release_unused()  # it would keep more than the fit needs
    return columns, range(1, file.metadata.num_rows + 1)


def _coded(cells: "pa.ChunkedArray") -> Coded:
    """The cells with each name once, in order, so that nobody needs to sort or to look them up
    again."""
    if cells.null_count:
        cells = cells.cast(pa.string()).fill_null("")
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    encoded = cells.unify_dictionaries().combine_chunks()
    codes = encoded.indices.to_numpy()
    # A dictionary may hold names that no row has, or one name twice; as text, so may one of
    # numbers.
    names = encoded.dictionary.cast(pa.string()).dictionary_encode()
    used = np.zeros(len(names.dictionary), dtype=bool)
    codes = names.indices.to_numpy()[codes]
    used[codes] = True
    order = pc.sort_indices(names.dictionary).to_numpy()
    order = order[used[order]]
    rank = np.empty(len(used), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return Coded(rank[codes], tuple(names.dictionary.take(pa.array(order)).to_pylist()))


def _require_readable(name: str, column: str, cells: "pa.ChunkedArray", wanted: Columns) -> None:
    """BadFile for cells that are neither text nor whole numbers, nor anything else that is asked
    for; or missing."""
    is_number, may_be_empty = column in wanted.numbers, column in wanted.blank
    kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    is_empty = pa.types.is_null(kind) and may_be_empty
    is_asked_for = (
        (is_number and pa.types.is_floating(kind))
        or (column in wanted.truths and pa.types.is_boolean(kind))
        or (column in wanted.moments and pa.types.is_timestamp(kind))
    )
    if not (is_text or is_empty or is_asked_for or pa.types.is_integer(kind)):
        allowed = "text and numbers are read" if is_number else "text and whole numbers are names"
        raise BadFile(name, f"the {column} is of type {kind}; {allowed}")
    if cells.null_count and not may_be_empty:
        row = pc.index(cells.is_null(), True).as_py() + 1
        raise BadFile(name, f"row {row}: the {column} is empty")


def _require_no_blank(name: str, column: str, cells: Coded, wanted: Columns) -> None:
    blank = [code for code, cell in enumerate(cells.names) if not cell or cell.isspace()]
    if blank and column not in wanted.blank:
        row = int(np.flatnonzero(np.isin(cells.codes, blank))[0]) + 1
        raise BadFile(name, f"row {row}: the {column} is empty")


def _require_pyarrow(name: str) -> None:
    if pa is None:
        raise without_package(name, "Parquet", "pyarrow")
