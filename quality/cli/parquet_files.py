"""Parquet in and out, a batch at a time."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from quality.aggregation import Coded
from quality.cli.errors import BadFile
from quality.cli.output import Values
from quality.cli.tables import Columns, found_places

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:  # the command line works without it on text
    pa = pq = None

BATCH = 2**20
"""Rows at a time."""


def read_parquet(name: str, stream: BinaryIO, wanted: Columns) -> tuple[dict[str, Coded], Sequence[int]]:
    """Text and numbers, dictionary-encoded or not. Faults are told with their row, counted from 1."""
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
    columns = {column: _Column(name, column, wanted, file.metadata.num_rows) for column in title_of}
    for batch in file.iter_batches(BATCH, columns=list(title_of.values())):
        for column, title in title_of.items():
            columns[column].extend(batch.column(title))
    return {column: values.coded() for column, values in columns.items()}, range(1, file.metadata.num_rows + 1)


def write_parquet(stream: BinaryIO, columns: Mapping[str, Values]) -> None:
    """Names are written dictionary-encoded, numbers as they are, and nan as null."""
    _require_pyarrow("the result")
    arrays = {
        title: pa.DictionaryArray.from_arrays(values.codes, pa.array(values.names, type=pa.string()))
        if isinstance(values, Coded)
        else pa.array(values, from_pandas=True)
        for title, values in columns.items()
    }
    pq.write_table(pa.table(arrays), stream)


class _Column:
    """A column that grows by batches."""

    def __init__(self, name: str, column: str, wanted: Columns, rows: int) -> None:
        self.name, self.column = name, column
        self.is_number, self.may_be_empty = column in wanted.numbers, column in wanted.blank
        self.code_of: dict[str, int] = {}
        self.codes = np.empty(rows, dtype=np.int32)
        self.filled = 0

    def extend(self, batch: "pa.Array") -> None:
        if batch.null_count and not self.may_be_empty:
            row = self.filled + int(np.flatnonzero(batch.is_null().to_numpy(zero_copy_only=False))[0]) + 1
            raise BadFile(self.name, f"row {row}: the {self.column} is empty")
        self._require_readable(batch.type.value_type if pa.types.is_dictionary(batch.type) else batch.type)
        if batch.null_count:
            batch = batch.cast(pa.string()).fill_null("")
        if not pa.types.is_dictionary(batch.type):
            batch = batch.dictionary_encode()
        names = batch.dictionary.cast(pa.string()).to_pylist()
        global_code = np.array([self.code_of.setdefault(each, len(self.code_of)) for each in names], dtype=np.int32)
        codes = global_code[batch.indices.to_numpy()] if len(batch) else np.empty(0, dtype=np.int32)
        self._require_no_blank(names, codes, global_code)
        self.codes[self.filled : self.filled + len(codes)] = codes
        self.filled += len(codes)

    def _require_readable(self, kind: "pa.DataType") -> None:
        """BadFile for cells that are neither text nor whole numbers, nor floats where those are asked for."""
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        is_empty = pa.types.is_null(kind) and self.may_be_empty
        is_fraction = pa.types.is_floating(kind) and self.is_number
        if not (is_text or is_empty or is_fraction or pa.types.is_integer(kind)):
            allowed = "text and numbers are read" if self.is_number else "text and whole numbers are names"
            raise BadFile(self.name, f"the {self.column} is of type {kind}; {allowed}")

    def _require_no_blank(
        self, names: Sequence[str], codes: npt.NDArray[np.int32], coded: npt.NDArray[np.int32]
    ) -> None:
        if self.may_be_empty:
            return
        for name, code in zip(names, coded.tolist(), strict=True):
            if not name or name.isspace():
                row = self.filled + int(np.flatnonzero(codes == code)[0]) + 1
                raise BadFile(self.name, f"row {row}: the {self.column} is empty")

    def coded(self) -> Coded:
        return Coded(self.codes, tuple(self.code_of))


def _require_pyarrow(name: str) -> None:
    if pa is None:
        raise BadFile(name, "Parquet needs the package pyarrow, which is not installed")
