"""python -m quality distribute"""

import argparse
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from quality.aggregation import DawidSkene
from quality.cli.progress import progress_on_terminal
from quality.tables.errors import BadArgument, BadFile
from quality.tables.extras import how_to_install
from quality.tables.writing import print_json, print_note, table_writer, write_all

if TYPE_CHECKING:
    from quality.aggregation.distributed import DistributedFit


def distribute(arguments: argparse.Namespace) -> None:
    """Fit Dawid & Skene's model to Parquet files on a Dask cluster, or on all cores of this
    computer."""
    started = time.perf_counter()
    try:
        from quality.aggregation.distributed import fit_parquet  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise BadArgument("distribute", f"{error}: {how_to_install('dask[distributed]', 'pyarrow')}") from None
    limits = {name: getattr(arguments, name) for name in ("max_iter", "tol") if getattr(arguments, name) is not None}
    try:
        with _client(arguments.scheduler) as client, progress_on_terminal():
            method = DawidSkene(seed=arguments.seed, **limits)
            fit = fit_parquet(arguments.votes, out=arguments.out, method=method, client=client)
    except (ValueError, OSError) as error:
        raise BadFile(arguments.votes[0], str(error)) from None
    if arguments.workers:
        write_all({arguments.workers: table_writer(arguments.workers, _worker_columns(fit))})
    summary = summary_of(fit, time.perf_counter() - started)
    if arguments.json:
        print_json(summary)
    else:
        print_note(
            f"{fit.n_tasks} tasks from {fit.n_votes} votes by {len(fit.worker_names)} workers, "
            f"{fit.iterations} iterations, {summary['seconds']:.1f} s: labels in {len(fit.labels)} files"
        )


def summary_of(fit: "DistributedFit", seconds: float) -> dict[str, Any]:
    return {
        "method": fit.method,
        "iterations": fit.iterations,
        "converged": fit.converged,
        "tasks": fit.n_tasks,
        "workers": len(fit.worker_names),
        "votes": fit.n_votes,
        "classes": list(fit.classes),
        "log_likelihood": fit.log_likelihood[-1] if fit.log_likelihood else None,
        "labels": [str(path) for path in fit.labels],
        "seconds": round(seconds, 3),
    }


def _worker_columns(fit: "DistributedFit") -> dict[str, Any]:
    return {"worker": fit.worker_names, "accuracy": fit.workers.accuracy, "deviation": fit.workers.deviation}


def _client(scheduler: str | None) -> Any:
    """A connection to the scheduler; without one, `fit_parquet` starts processes of its own."""
    if scheduler is None:
        return nullcontext()
    from dask.distributed import Client  # noqa: PLC0415 (an optional extra)

    return Client(scheduler, timeout=10)  # type: ignore[no-untyped-call]
