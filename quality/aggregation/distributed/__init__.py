"""Dawid & Skene's model on more votes than one machine should hold: Parquet in, Parquet out, on
Dask.

>>> with Client("tcp://scheduler:8786") as client:
...     fit = fit_parquet("/shared/votes", out="/shared/labels", client=client)
>>> fit.class_shares, fit.converged

The files and `out` lie where every Dask worker sees them under the same path, and this package is
installed there. Without a client, processes of this machine do the work; like all that spawn
processes, a script then calls `fit_parquet` under `if __name__ == "__main__"`. Needs the extra
`distributed`, and pyarrow.
"""

try:
    import dask.distributed  # noqa: F401
    import pyarrow  # noqa: F401
except ImportError as error:
    raise ImportError("quality.aggregation.distributed needs the packages dask[distributed] and pyarrow") from error

from quality.aggregation.distributed.fitting import DistributedFit, fit_parquet

__all__ = ["DistributedFit", "fit_parquet"]
