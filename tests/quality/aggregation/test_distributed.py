import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dask.distributed import Client, LocalCluster

from quality.aggregation import Coding, DawidSkene, Fit, encode_votes
from quality.aggregation.distributed import DistributedFit, fit_parquet
from quality.aggregation.progress import watching

Rows = list[tuple[str, str, str]]

MANY_PARTITIONS: Any = {"partition_votes": 250}

SHORT = DawidSkene(tol=1e-4)
"""Takes few iterations, as each costs Dask a moment."""


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(**options) as cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        yield client


def crowd(n_tasks: int = 150, n_workers: int = 12, a_task: int = 4) -> Rows:
    """Votes in no order: some given twice, one worker with a single vote, and many ties."""
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=n_tasks)
    rows = [
        (f"task {task}", f"worker {worker}", ["cat", "dog", "fox"][answer])
        for task in np.repeat(np.arange(n_tasks), a_task).tolist()
        for worker in [int(rng.integers(n_workers))]
        for answer in [truth[task] if rng.random() < 0.5 + worker / 25 else int(rng.integers(3))]
    ]
    rows += [rows[0], rows[0], ("task 3", "once", "dog")]
    return [rows[row] for row in rng.permutation(len(rows))]


def written(folder: Path, *files: Rows, title: str = "label") -> Path:
    folder.mkdir()
    for number, rows in enumerate(files):
        columns = zip(("task", "worker", title), zip(*rows, strict=True) if rows else [(), (), ()], strict=True)
        table = pa.table({name: pa.array(values, type=pa.string()) for name, values in columns})
        pq.write_table(table, folder / f"votes-{number}.parquet")
    return folder


def in_memory(rows: Rows, method: DawidSkene) -> tuple[Fit, Coding]:
    votes, coding = encode_votes(*([row[column] for row in rows] for column in range(3)))
    return method.fit(votes), coding


def labels_of(fit: DistributedFit) -> dict[str, dict[str, Any]]:
    rows = [row for path in fit.labels for row in pq.read_table(path).to_pylist()]
    assert len(rows) == fit.n_tasks == len({row["task"] for row in rows})
    return {row["task"]: row for row in rows}


def require_same(found: DistributedFit, rows: Rows, method: DawidSkene) -> None:
    """The model in memory and the distributed one agree to 1e-8."""
    fit, coding = in_memory(rows, method)
    assert fit.workers is not None
    assert (found.worker_names, found.classes) == (coding.workers, coding.classes)
    assert (found.method, found.converged, found.n_votes) == (fit.method, fit.converged, len(rows))
    np.testing.assert_allclose(found.log_likelihood, fit.log_likelihood, atol=1e-8)
    np.testing.assert_allclose(found.class_shares, fit.class_shares, atol=1e-8)
    for name in ("confusion", "accuracy", "deviation"):
        np.testing.assert_allclose(getattr(found.workers, name), getattr(fit.workers, name), atol=1e-8)
    labels = labels_of(found)
    posterior = [labels[task]["probabilities"] for task in coding.tasks]
    np.testing.assert_allclose(posterior, fit.posterior, atol=1e-8)
    np.testing.assert_allclose([labels[task]["confidence"] for task in coding.tasks], fit.confidence, atol=1e-8)
    clear = np.diff(np.sort(fit.posterior, axis=1)[:, -2:]).ravel() > 1e-6
    of_memory = [coding.classes[label] for label in fit.labels]
    of_files = [labels[task]["label"] for task in coding.tasks]
    assert np.array(of_memory)[clear].tolist() == np.array(of_files)[clear].tolist()


@pytest.mark.parametrize("method", [SHORT, DawidSkene.maximum_likelihood(max_iter=4)])
def test_result_is_that_of_the_model_in_memory(client, tmp_path, method):
    rows = crowd()
    source = written(tmp_path / "votes", rows[:200], [], rows[200:])

    fit = fit_parquet(source, out=tmp_path / "labels", method=method, client=client, **MANY_PARTITIONS)

    assert len(fit.labels) == 3
    require_same(fit, rows, method)


def test_partitions_to_which_no_task_falls_change_nothing(client, tmp_path):
    rows = crowd(n_tasks=4)
    source = written(tmp_path / "votes", rows, title="answer")

    fit = fit_parquet(source, out=tmp_path / "labels", client=client, method=SHORT, partition_votes=1)

    assert 1 < len(fit.labels) <= 4
    require_same(fit, rows, SHORT)


def test_whole_numbers_and_dictionaries_are_names_like_any_other(client, tmp_path):
    rows = [(str(int(task.split()[1])), worker, answer) for task, worker, answer in crowd()]
    table = pa.table({"label": [row[2] for row in rows], "task": [int(row[0]) for row in rows]})
    table = table.append_column("worker", pa.array([row[1] for row in rows]).dictionary_encode())
    pq.write_table(table, tmp_path / "votes.parquet")

    fit = fit_parquet(
        tmp_path / "votes.parquet", out=tmp_path / "labels", client=client, method=SHORT, **MANY_PARTITIONS
    )

    require_same(fit, rows, SHORT)


def test_same_votes_in_other_files_give_the_same_labels_even_where_classes_are_tied(client, tmp_path):
    rows = [(f"task {task}", f"worker {task}.{voter}", "ab"[voter]) for task in range(200) for voter in range(2)]
    halves = [written(tmp_path / "one", rows[::2], rows[1::2]), written(tmp_path / "other", rows)]

    one, other = (
        labels_of(fit_parquet(source, out=tmp_path / f"labels of {source.name}", client=client, partition_votes=size))
        for source, size in zip(halves, (40, 100), strict=True)
    )

    assert {task: row["label"] for task, row in one.items()} == {task: row["label"] for task, row in other.items()}
    assert 60 < sum(row["label"] == "a" for row in one.values()) < 140


def test_a_computer_lost_in_the_middle_is_survived(client, tmp_path):
    rows = crowd()
    source = written(tmp_path / "votes", rows[:200], rows[200:])
    victim = next(iter(client.run(os.getpid).values()))
    undisturbed = fit_parquet(source, out=tmp_path / "undisturbed", client=client, method=SHORT, **MANY_PARTITIONS)

    def kill(done: int, at_most: int) -> None:
        if done == 2:
            os.kill(victim, signal.SIGKILL)

    with watching(kill):
        fit = fit_parquet(source, out=tmp_path / "labels", client=client, method=SHORT, **MANY_PARTITIONS)

    assert victim not in client.run(os.getpid).values()
    require_same(fit, rows, SHORT)
    assert fit.log_likelihood == undisturbed.log_likelihood


def test_without_a_client_this_computer_does_the_work_behind_the_loopback(tmp_path):
    rows = crowd(n_tasks=20)
    heard: set[str] = set()

    def look(done: int, at_most: int) -> None:
        if done > 1:
            return
        processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
        sockets = [socket for process in processes for socket in process.net_connections("inet")]
        heard.update(socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN)

    with watching(look):
        fit = fit_parquet(written(tmp_path / "votes", rows), out=tmp_path / "labels", method=SHORT)

    require_same(fit, rows, SHORT)
    assert heard == {"127.0.0.1"}


def test_nothing_is_left_beside_the_labels(client, tmp_path):
    source = written(tmp_path / "votes", crowd(n_tasks=9))

    fit = fit_parquet(source, out=tmp_path / "labels", client=client, method=SHORT)

    assert sorted(tmp_path.iterdir()) == [tmp_path / "labels", tmp_path / "votes"]
    assert list((tmp_path / "labels").iterdir()) == list(fit.labels)


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"task": ["a", "b"], "worker": ["u", None], "label": ["x", "x"]}, "row 2: the worker is empty"),
        ({"task": [0.5], "worker": ["u"], "label": ["x"]}, "the task is of type double"),
        ({"task": ["a"], "worker": ["u"]}, "0 columns called label or answer, among task, worker"),
        ({"task": pa.array([], pa.string()), "worker": [], "label": []}, "source has no votes"),
    ],
)
def test_faults_are_told_with_their_place(client, tmp_path, columns, fault):
    pq.write_table(pa.table(columns), tmp_path / "votes.parquet")

    with pytest.raises(ValueError, match=fault):
        fit_parquet(tmp_path / "votes.parquet", out=tmp_path / "labels", client=client)


def test_labels_of_an_earlier_fit_are_not_mixed_with_new_ones(client, tmp_path):
    source = written(tmp_path / "votes", crowd(n_tasks=3))

    with pytest.raises(ValueError, match="out must be a new or empty folder"):
        fit_parquet(source, out=source, client=client)


def test_without_dask_the_packages_that_are_missing_are_named():
    program = "import sys; sys.modules['dask'] = None; import quality.aggregation.distributed"

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert ended.stderr.splitlines()[-1].endswith("needs the packages dask[distributed] and pyarrow")


def test_the_library_loads_without_dask():
    program = "import sys, quality.aggregation; sys.exit('dask' in sys.modules or 'pyarrow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
