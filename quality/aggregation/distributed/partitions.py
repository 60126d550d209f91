"""Votes in Parquet files, dealt out by task to partitions that each fit in memory, and their labels
written back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quality.aggregation.codes import Floats
from quality.aggregation.posterior import drawn
from quality.aggregation.votes import Votes

COLUMNS = {"task": ("task",), "worker": ("worker",), "label": ("label", "answer")}
"""The names that each column may go by."""

BATCH = 2**20
"""Rows in memory at a time while votes are dealt out."""


@dataclass(frozen=True, slots=True)
class Names:
    """Who gave votes, for which classes, and how many: of one file, or of several together."""

    workers: frozenset[str]
    classes: frozenset[str]
    votes: int

    def __add__(self, other: "Names") -> "Names":
        return Names(self.workers | other.workers, self.classes | other.classes, self.votes + other.votes)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names behind the codes of workers and classes, in sorted order."""

    workers: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """All votes on some of the tasks; `tasks[3]` is the name of the task with code 3."""

    tasks: pa.StringArray
    votes: Votes

    def __sizeof__(self) -> int:
        """Dask places and spills data by its size."""
        votes = self.votes
        columns = (votes.tasks, votes.workers, votes.labels, votes.weights, votes.known)
        of_indicator = votes.weights.nbytes + votes.labels.nbytes + votes.known.nbytes
        return int(self.tasks.nbytes + of_indicator + sum(column.nbytes for column in columns))


def deal(source: Path, number: int, folder: Path, n_partitions: int) -> Names:
    """Copy the votes of the file `source` to `folder/PARTITION/NUMBER.parquet`, by a hash of their
    task.

    To do it again, after a computer was lost half-way, changes nothing. Raises ValueError naming
    the file and the row or column at fault.
    """
    file = pq.ParquetFile(source)
    titles = _titles(source, file.schema_arrow.names)
    names = Names(frozenset(), frozenset(), 0)
    with _Dealt(folder, f"{number}.parquet") as dealt:
        for batch in file.iter_batches(BATCH, columns=list(titles.values())):
            columns = {name: _text(source, name, batch.column(title), names.votes) for name, title in titles.items()}
            workers, classes = (frozenset(pc.unique(columns[name]).to_pylist()) for name in ("worker", "label"))
            names += Names(workers, classes, len(batch))
            dealt.add(pa.table(columns), _partitions(columns["task"], n_partitions))
    return names


def load(folder: Path, vocabulary: Vocabulary) -> Partition:
    """The votes that were dealt to `folder`: a partition without any if no task fell to it."""
    files = sorted(folder.glob("*.parquet"))
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    table = pa.concat_tables([pq.read_table(file) for file in files]) if files else schema.empty_table()
    names = pc.unique(table["task"])
    names = names.take(pc.array_sort_indices(names))
    votes = Votes.from_codes(
        _codes(table["task"], names),
        _codes(table["worker"], vocabulary.workers),
        _codes(table["label"], vocabulary.classes),
        n_tasks=len(names),
        n_workers=len(vocabulary.workers),
        n_classes=len(vocabulary.classes),
    )
    return Partition(names, votes)


def write_labels(path: Path, partition: Partition, posterior: Floats, classes: Sequence[str], seed: int) -> None:
    """task, label, confidence and probabilities (in the order of `classes`) of each task, in the
    order of their names.

    A tie is drawn by a hash of the seed and the task's name, so that it doesn't depend on how tasks
    are partitioned.
    """

    def chance(contested: npt.NDArray[np.int64]) -> Floats:
        return np.array([_chance(seed, partition.tasks[task].as_py()) for task in contested.tolist()])

    labels = drawn(posterior, chance)
    columns = {
        "task": partition.tasks,
        "label": pa.DictionaryArray.from_arrays(labels, pa.array(classes, type=pa.string())),
        "confidence": posterior.max(axis=1),
        "probabilities": pa.FixedSizeListArray.from_arrays(posterior.ravel(), posterior.shape[1]),
    }
    with _whole(path) as part:
        pq.write_table(pa.table(columns), part)


class _Dealt:
    """One file in each partition's folder, opened when its first vote comes; all are there at the
    end, or none."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.part = f".{name}.{uuid4().hex}"
        self.writers: dict[int, pq.ParquetWriter] = {}

    def __enter__(self) -> "_Dealt":
        return self

    def add(self, votes: pa.Table, partitions: npt.NDArray[np.int64]) -> None:
        order = np.argsort(partitions, kind="stable")
        votes = votes.take(order)
        numbers, starts = np.unique(partitions[order], return_index=True)
        for number, first, last in zip(numbers.tolist(), starts, [*starts[1:], len(order)], strict=True):
            if number not in self.writers:
                place = self.folder / str(number)
                place.mkdir(exist_ok=True)
                self.writers[number] = pq.ParquetWriter(place / self.part, votes.schema)
            self.writers[number].write_table(votes.slice(first, last - first))

    def __exit__(self, fault: object, *_: object) -> None:
        for number, writer in self.writers.items():
            writer.close()
            place = self.folder / str(number)
            if fault is None:
                (place / self.part).replace(place / self.name)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place once it is written."""
    part = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _titles(source: Path, titles: Sequence[str]) -> dict[str, str]:
    """The file's own title of each column."""
    found = {}
    for column, aliases in COLUMNS.items():
        places = [title for title in titles if title in aliases]
        if len(places) != 1:
            raise ValueError(
                f"{source}: {len(places)} columns called {' or '.join(aliases)}, among {', '.join(titles)}"
            )
        found[column] = places[0]
    return found


def _text(source: Path, column: str, values: pa.Array, rows_before: int) -> pa.StringArray:
    """Names as text: 7 and "7" are one. ValueError unless they are text or whole numbers, none of
    them missing."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
        raise ValueError(f"{source}: the {column} is of type {kind}; names are text or whole numbers")
    if values.null_count:
        row = rows_before + pc.index(values.is_null(), True).as_py() + 1
        raise ValueError(f"{source}, row {row}: the {column} is empty")
    return values.cast(pa.string())


def _partitions(tasks: pa.StringArray, n_partitions: int) -> npt.NDArray[np.int64]:
    """(rows,) the partition of each vote: the same for all votes on a task, in every file and
    process."""
    coded = tasks.dictionary_encode()
    hashes = np.array([crc32(name.encode()) for name in coded.dictionary.to_pylist()], dtype=np.int64)
    return hashes[coded.indices.to_numpy()] % n_partitions


def _codes(column: pa.ChunkedArray, names: pa.StringArray | Sequence[str]) -> npt.NDArray[np.int32]:
    return pc.index_in(column, value_set=pa.array(names, type=pa.string())).to_numpy()


def _chance(seed: int, task: str) -> float:
    """From 0 to below 1."""
    digest = blake2b(task.encode(), digest_size=6, key=str(seed).encode()).digest()
    return int.from_bytes(digest, "big") / 2**48
