"""python -m benchmarks.contender LIBRARY VOTES OUT ITERATIONS: fits in a fresh process, in seconds
and added memory.

Both fit Dawid & Skene's model without a prior, with exactly as many iterations as asked for, to
votes that are already in memory the way the library takes them: three arrays of codes, or a
DataFrame of them. Time and memory are those of calls from there to labels and posterior: of the
quickest, and of the first. OUT receives the posterior.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Columns = dict[str, np.ndarray]
WARM_UP = 1000
"""Votes that are fitted before, so that no lazy import is counted."""

FITS = 3


def ours(columns: Columns, iterations: int) -> Callable[[], Any]:
    from quality.aggregation import DawidSkene, Votes  # noqa: PLC0415

    method = DawidSkene.maximum_likelihood(max_iter=iterations, tol=-1.0)  # never settles
    return lambda: method.fit(Votes.from_codes(columns["task"], columns["worker"], columns["label"])).posterior


def crowd_kit(columns: Columns, iterations: int) -> Callable[[], Any]:
    """Its probabilities are those after as many E-steps; it takes one more M-step, and the loss of
    each iteration."""
    import pandas as pd  # type: ignore[import-untyped]  # noqa: PLC0415 (of the peers' environment)
    from crowdkit.aggregation import DawidSkene  # type: ignore[import-not-found]  # noqa: PLC0415

    data = pd.DataFrame(columns)
    return lambda: DawidSkene(n_iter=iterations, tol=-np.inf).fit(data).probas_


LIBRARIES = {"ours": ours, "crowd-kit": crowd_kit}


def main(library: str, votes: str, out: str, iterations: str) -> None:
    with np.load(votes) as file:
        columns = {name: file[name] for name in file.files}
    prepare = LIBRARIES[library]
    prepare({name: column[:WARM_UP] for name, column in columns.items()}, 2)()
    fit = prepare(columns, int(iterations))
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before = _megabytes("VmRSS")
    posterior, seconds = _timed(fit)
    added = _megabytes("VmHWM") - before
    seconds = min(seconds, *(_timed(fit)[1] for _ in range(FITS - 1)))
    if library == "crowd-kit":
        posterior = posterior.sort_index().sort_index(axis=1).to_numpy()
    np.save(out, posterior)
    print(json.dumps({"seconds": seconds, "megabytes": added}))


def _timed(fit: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = fit()
    return result, time.perf_counter() - started


def _megabytes(measure: str) -> float:
    found = re.search(rf"{measure}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


if __name__ == "__main__":
    main(*sys.argv[1:])
