"""The two steps of expectation maximisation, each partition's where it lies and their sums in one
place."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq
from dask.distributed import Client, Future, LocalCluster

from quality.aggregation.blocks import cores
from quality.aggregation.codes import Floats
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.distributed.partitions import Partition, Vocabulary, deal, load, write_labels
from quality.aggregation.em import Limits, Parameters, e_step
from quality.aggregation.fit import WorkerModel
from quality.aggregation.posterior import class_counts, vote_shares
from quality.aggregation.progress import tell
from quality.aggregation.votes import Votes

VOTES = 2**21
"""Votes in a partition, about: they take a few hundred megabytes while they are worked on."""

ADDENDS = 4
"""Tables that are added up at a time."""

Sum = TypeVar("Sum")


@dataclass(frozen=True, slots=True, eq=False)
class DistributedFit:
    """What a fit arrived at, but for the labels: these lie in the Parquet files `labels`, and are
    never in one place.

    worker_names, classes: the names behind the codes in `workers` and `class_shares`, in sorted
        order.
    log_likelihood: as in `Fit`.
    """

    method: str
    labels: tuple[Path, ...]
    n_tasks: int
    n_votes: int
    worker_names: tuple[str, ...]
    classes: tuple[str, ...]
    class_shares: Floats
    workers: WorkerModel
    log_likelihood: tuple[float, ...]
    converged: bool

    @property
    def iterations(self) -> int:
        return len(self.log_likelihood)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Sums over tasks, which are all that an M-step needs: see `DawidSkene.parameters`."""

    tally: Floats
    class_counts: Floats
    log_likelihood: float

    @classmethod
    def of(cls, votes: Votes, posterior: Floats, log_likelihood: float = 0.0) -> "Expected":
        return cls(votes.tally(posterior), class_counts(votes, posterior), log_likelihood)

    def __add__(self, other: "Expected") -> "Expected":
        return Expected(
            self.tally + other.tally,
            self.class_counts + other.class_counts,
            self.log_likelihood + other.log_likelihood,
        )

    def __sizeof__(self) -> int:
        return int(self.tally.nbytes)


def fit_parquet(
    source: str | Path | Sequence[str | Path],
    *,
    out: str | Path,
    method: DawidSkene | None = None,
    client: Client | None = None,
    partition_votes: int = VOTES,
) -> DistributedFit:
    """Fit the model to votes in Parquet files and write the labels to Parquet files in the new
    folder `out`.

    source: files, or a folder of `*.parquet`, with the columns task, worker and label (or answer):
        text or whole numbers, dictionary-encoded or not, in any order. The result is that of
        `method.fit` on the same votes up to rounding errors, except that ties are drawn by a hash
        of the seed and the task's name; and it has the same bits whichever computers do the work,
        and in whatever order they finish.
    method: `DawidSkene()` by default.
    client: of a Dask cluster; by default this computer's cores do the work, and listen on the
        loopback only.
    partition_votes: about how many votes one partition holds. A Dask worker holds, or spills, its
        partitions and a few tables of (workers, classes, classes) numbers.

    The votes are first copied, by a hash of their task, to a folder beside `out`, which is gone at
    the end; a Dask worker that is lost is survived, since another reads its partitions from there.
    The watcher of `quality.aggregation.progress` is told of the iterations.

    Raises ValueError naming the file, and row or column, at fault; if there are no votes; or if
    `out` isn't empty.
    """
    method = method or DawidSkene()
    files, out = _files(source), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise ValueError(f"out must be a new or empty folder: {out} is not")
    with _cluster(client) as cluster, TemporaryDirectory(prefix=".votes-", dir=out.resolve().parent) as scratch:
        return _Run(cluster, method, Path(scratch), out.resolve()).fit(files, partition_votes)


def _files(source: str | Path | Sequence[str | Path]) -> list[Path]:
    paths = [source] if isinstance(source, str | Path) else source
    files = [
        file.resolve()
        for path in map(Path, paths)
        for file in (sorted(path.glob("*.parquet")) if path.is_dir() else [path])
    ]
    if not files:
        raise ValueError(f"source has no Parquet files: {', '.join(map(str, paths))}")
    return files


@contextmanager
def _cluster(client: Client | None) -> Iterator[Client]:
    """The given client, or one of as many processes as there are cores, for as long as it is
    needed."""
    if client is not None:
        yield client
        return
    options = {
        "n_workers": cores(),
        "threads_per_worker": 1,
        "host": "127.0.0.1",
        "dashboard_address": None,
        "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"},  # there is none, but its server still takes a port
    }
    with LocalCluster(**options) as cluster, Client(cluster) as own:  # type: ignore[no-untyped-call]
        yield own


@dataclass(frozen=True, slots=True)
class _Run:
    """A fit, and where it is done."""

    client: Client
    method: DawidSkene
    scratch: Path
    out: Path

    def fit(self, files: Sequence[Path], partition_votes: int) -> DistributedFit:
        n_rows = sum(pq.read_metadata(file).num_rows for file in files)
        if not n_rows:
            raise ValueError("source has no votes")
        n_partitions = -(-n_rows // partition_votes)
        names = self._total(self._map(deal, files, range(len(files)), folder=self.scratch, n_partitions=n_partitions))
        vocabulary = Vocabulary(tuple(sorted(names.workers)), tuple(sorted(names.classes)))
        folders = [self.scratch / str(number) for number in range(n_partitions)]
        partitions = self._map(load, folders, vocabulary=self.client.submit(_same, vocabulary, pure=False))
        parameters, trace, converged = self._climb(partitions, vocabulary, names.votes)
        paths = [self.out / f"part-{number:05d}.parquet" for number in range(n_partitions)]
        told = self._shared(parameters, len(trace) - 1)
        written = self._map(
            label, partitions, paths, parameters=told, classes=vocabulary.classes, seed=self.method.seed
        )
        sizes = [future.result() for future in written]
        return DistributedFit(
            self.method.method,
            tuple(path for path, size in zip(paths, sizes, strict=True) if size),
            sum(sizes),
            names.votes,
            vocabulary.workers,
            vocabulary.classes,
            parameters.class_shares,
            WorkerModel.from_confusion(parameters.confusion, parameters.class_shares, parameters.evidence),
            trace,
            converged,
        )

    def _climb(
        self, partitions: Sequence[Future[Any]], vocabulary: Vocabulary, n_votes: int
    ) -> tuple[Parameters, tuple[float, ...], bool]:
        """As `em.climb`, with the sums of the partitions in place of the posterior."""
        nobody = Votes.from_codes([], [], [], n_classes=len(vocabulary.classes))
        pseudo_counts = self.method.pseudo_counts(nobody)
        limits = Limits(self.method.max_iter, self.method.tol)
        trace: list[float] = []
        converged = False
        expected = self._total(self._map(begin, partitions))
        while not converged and len(trace) < limits.max_iter:
            parameters = self.method.parameters(expected.tally, expected.class_counts, pseudo_counts)
            told = self._shared(parameters, len(trace))
            expected = self._total(self._map(iterate, partitions, parameters=told))
            trace.append(expected.log_likelihood + parameters.log_prior)
            tell(len(trace), limits.max_iter)
            converged = limits.settled(trace, n_votes)
        return parameters, tuple(trace), converged

    def _shared(self, parameters: Parameters, iteration: int) -> Future[Any]:
        """The parameters for every Dask worker, which ask each other for them. If lost, they are
        read again."""
        path = self.scratch / f"parameters-{iteration}.npz"
        np.savez(path, class_shares=parameters.class_shares, confusion=parameters.confusion)
        return self.client.submit(read_parameters, path, pure=False)

    def _map(self, work: Any, *columns: Sequence[object], **options: Any) -> list[Future[Any]]:
        return self.client.map(work, *columns, pure=False, **options)

    def _total(self, futures: list[Future[Any]]) -> Any:
        """The sum of all, added up in the same order whichever is ready first, so that it has the
        same bits."""
        while len(futures) > 1:
            starts = range(0, len(futures), ADDENDS)
            futures = [self.client.submit(add, futures[each : each + ADDENDS], pure=False) for each in starts]
        return futures[0].result()


def begin(partition: Partition) -> Expected:
    """The first half of `em.climb`'s beginning: every task has the shares of its votes."""
    return Expected.of(partition.votes, vote_shares(partition.votes))


def iterate(partition: Partition, parameters: Parameters) -> Expected:
    """An E-step of the partition, and what it says to the next M-step."""
    return Expected.of(partition.votes, *e_step(partition.votes, parameters))


def label(partition: Partition, path: Path, parameters: Parameters, classes: Sequence[str], seed: int) -> int:
    """Write the partition's labels to `path`, and say how many there are; no file if there are
    none."""
    if len(partition.tasks):
        posterior, _ = e_step(partition.votes, parameters)
        write_labels(path, partition, posterior, classes, seed)
    return len(partition.tasks)


def read_parameters(path: Path) -> Parameters:
    """What `_Run._shared` saved: all that an E-step needs."""
    with np.load(path) as saved:
        return Parameters(saved["class_shares"], saved["confusion"], np.empty(0))


def add(addends: Sequence[Any]) -> Any:
    total, *others = addends
    for other in others:
        total = total + other
    return total


def _same(value: Sum) -> Sum:
    return value
