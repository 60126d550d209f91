"""How tables become Parquet, by pyarrow."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from quality.formats.columns import Cells, CellType, Chunk, Layout, Named, json_text

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError:  # everything else works without it
    pa = pq = None

ROWS_A_GROUP = 10_000  # at least; those of one chunk stay together up to a million


def written(layout: Layout, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """The file, a group of rows at a time. Raises ModuleNotFoundError without pyarrow."""
    if pa is None:
        raise ModuleNotFoundError("Parquet needs the package pyarrow", name="pyarrow")
    groups = _groups(_table(layout, chunk) for chunk in chunks)
    first = next(groups, None)
    sink = _Sink()
    with pq.ParquetWriter(sink, _schema(layout) if first is None else first.schema) as writer:
        for group in chain([] if first is None else [first], groups):
            writer.write_table(group)
            yield sink.taken()
    yield sink.taken()


def _groups(tables: Iterable["pa.Table"]) -> Iterator["pa.Table"]:
    """The tables put together until they are long enough to be read a group at a time."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(map(len, waiting)) >= ROWS_A_GROUP:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _schema(layout: Layout) -> "pa.Schema":
    return pa.schema([(name, _data_type(each) or pa.null()) for name, each in layout.types.items()])


def _table(layout: Layout, chunk: Chunk) -> "pa.Table":
    columns = zip(chunk, layout.types.values(), strict=True)
    return pa.table([_array(cells, each) for cells, each in columns], names=list(layout.types))


def _array(cells: Cells, cell_type: CellType | None) -> "pa.Array":
    if cell_type == "json" and isinstance(cells, Sequence):
        cells = [None if cell is None else json_text(cell) for cell in cells]
    if isinstance(cells, Named):
        return pa.DictionaryArray.from_arrays(cells.codes, pa.array(cells.names, type=pa.string()))
    return pa.array(cells, type=_data_type(cell_type), from_pandas=True)


def _data_type(cell_type: CellType | None) -> "pa.DataType | None":
    return {
        "text": pa.string(),
        "json": pa.string(),
        "number": pa.float64(),
        "count": pa.int32(),
        "truth": pa.bool_(),
        "shares": pa.map_(pa.string(), pa.float64()),
        "time": pa.timestamp("us", tz="UTC"),
    }.get(cell_type or "")


class _Sink(io.RawIOBase):
    """Holds what was written until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._length

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        self._length += len(self._parts[-1])
        return len(self._parts[-1])

    def taken(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken
