"""Parquet in and out, a batch at a time."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from quality.aggregation import Coded
from quality.cli.errors import BadFile
from quality.cli.output import Values
from quality.cli.tables import found_places

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:  # the command line works without it on text
    pa = pq = None

BATCH = 2**20
"""Rows at a time."""


def read_parquet(
    name: str, stream: BinaryIO, required: Sequence[str], optional: Sequence[str]
) -> tuple[dict[str, Coded], Sequence[int]]:
    """Text and whole numbers, dictionary-encoded or not. Faults are told with their row, counted from 1."""
    _require_pyarrow(name)
    if not stream.seekable():
        raise BadFile(name, "Parquet cannot be read from a pipe; give the file's name")
    try:
        file = pq.ParquetFile(stream)
    except pa.ArrowInvalid as error:
        raise BadFile(name, f"not Parquet: {str(error).splitlines()[0]}") from None
    titles = file.schema_arrow.names
    places = found_places(name, titles, required, optional, line=None)
    wanted = {column: titles[place] for column, place in places.items()}
    columns = {column: _Column(name, column, file.metadata.num_rows) for column in wanted}
    for batch in file.iter_batches(BATCH, columns=list(wanted.values())):
        for column, title in wanted.items():
            columns[column].extend(batch.column(title))
    return {column: values.coded() for column, values in columns.items()}, range(1, file.metadata.num_rows + 1)


def write_parquet(stream: BinaryIO, columns: Mapping[str, Values]) -> None:
    """Names are written dictionary-encoded, numbers as they are."""
    _require_pyarrow("the result")
    arrays = {
        title: pa.DictionaryArray.from_arrays(values.codes, pa.array(values.names, type=pa.string()))
        if isinstance(values, Coded)
        else pa.array(values)
        for title, values in columns.items()
    }
    pq.write_table(pa.table(arrays), stream)


class _Column:
    """A column that grows by batches."""

    def __init__(self, name: str, column: str, rows: int) -> None:
        self.name, self.column = name, column
        self.code_of: dict[str, int] = {}
        self.codes = np.empty(rows, dtype=np.int32)
        self.filled = 0

    def extend(self, batch: "pa.Array") -> None:
        if batch.null_count:
            row = self.filled + int(np.flatnonzero(batch.is_null().to_numpy(zero_copy_only=False))[0]) + 1
            raise BadFile(self.name, f"row {row}: the {self.column} is empty")
        if not pa.types.is_dictionary(batch.type):
            batch = batch.dictionary_encode()
        kind = batch.type.value_type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
            raise BadFile(self.name, f"the {self.column} is of type {kind}; text and whole numbers are names")
        names = batch.dictionary.cast(pa.string()).to_pylist()
        global_code = np.array([self.code_of.setdefault(each, len(self.code_of)) for each in names], dtype=np.int32)
        codes = global_code[batch.indices.to_numpy()] if len(batch) else np.empty(0, dtype=np.int32)
        self._require_no_blank(names, codes, global_code)
        self.codes[self.filled : self.filled + len(codes)] = codes
        self.filled += len(codes)

    def _require_no_blank(
        self, names: Sequence[str], codes: npt.NDArray[np.int32], coded: npt.NDArray[np.int32]
    ) -> None:
        for name, code in zip(names, coded.tolist(), strict=True):
            if not name or name.isspace():
                row = self.filled + int(np.flatnonzero(codes == code)[0]) + 1
                raise BadFile(self.name, f"row {row}: the {self.column} is empty")

    def coded(self) -> Coded:
        return Coded(self.codes, tuple(self.code_of))


def _require_pyarrow(name: str) -> None:
    if pa is None:
        raise BadFile(name, "Parquet needs the package pyarrow, which is not installed")
