"""What a method believes about each worker, as columns."""

from collections.abc import Sequence

import numpy as np

from quality.aggregation.codes import Floats
from quality.tables.columns import Values
from quality.tables.matching import numbered


def believed(workers: Sequence[str], answers: Floats, model: object | None, names: Sequence[str]) -> dict[str, Values]:
    """worker, votes and the figures called `names` of a model; empty where the method has no model
    of workers."""
    unknown = np.full(len(workers), np.nan)
    figures = {name: unknown if model is None else getattr(model, name) for name in names}
    figures = {name: unknown if values is None else values for name, values in figures.items()}
    return {"worker": numbered(len(workers), workers), "votes": answers.astype(np.int64), **figures}
