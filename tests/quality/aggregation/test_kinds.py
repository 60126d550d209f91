"""What the methods of every kind of vote promise. A new kind is tested by being listed; a new
method, by being registered with its kind. What holds for votes on classes alone is in
test_contract.py."""

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from scipy.sparse import issparse

from quality.aggregation import METHODS, Fit, Votes, simulate_votes
from tests.quality.aggregation.boxes import crowd as boxes
from tests.quality.aggregation.kinds import Kind, Rows
from tests.quality.aggregation.masks import crowd as masks
from tests.quality.aggregation.multilabel import crowd as multilabel
from tests.quality.aggregation.numeric import crowd as numeric
from tests.quality.aggregation.ordinal import crowd as ordinal
from tests.quality.aggregation.pairwise import crowd as pairwise
from tests.quality.aggregation.spans import crowd as spans
from tests.quality.aggregation.texts import crowd as texts


def class_rows(rng: np.random.Generator) -> tuple[Rows, Any]:
    """(task, worker, label) of a crowd that is right six times in ten or more."""
    votes, truth = simulate_votes(rng, n_tasks=80, n_workers=15, n_classes=3, votes_per_task=7, accuracy=(0.6, 0.95))
    return list(zip(votes.tasks.tolist(), votes.workers.tolist(), votes.labels.tolist(), strict=True)), truth


def fit_classes(aggregator: Any, rows: Rows) -> Fit:
    tasks, workers, labels = np.array(rows, dtype=int).reshape(-1, 3).T
    found: Fit = aggregator.fit(Votes.from_codes(tasks, workers, labels))
    return found


def share_wrong(fit: Fit, truth: Any) -> float:
    return float((fit.labels != truth).mean())


CHOICE = Kind("choice", METHODS, class_rows, fit_classes, share_wrong, tolerance=0.08)
KINDS = [CHOICE, *(each.KIND for each in (ordinal, multilabel, numeric, pairwise, texts, spans, boxes, masks))]

pytestmark = pytest.mark.parametrize(
    ("kind", "method"), [pytest.param(kind, name, id=f"{kind.name}-{name}") for kind in KINDS for name in kind.methods]
)


def leaves(value: Any, path: str = "fit") -> Iterator[tuple[str, Any]]:
    """Every figure, text and array in a fit, with where it stands."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple | list):
        for place, item in enumerate(value):
            yield from leaves(item, f"{path}[{place}]")
    else:
        yield path, value.toarray() if issparse(value) else value  # type: ignore[attr-defined]


def same(one: Any, other: Any) -> list[str]:
    """Where two fits differ in any bit."""
    pairs = zip(leaves(one), leaves(other), strict=True)
    return [path for (path, left), (_, right) in pairs if not np.array_equal(left, right, equal_nan=_has_nan(left))]


def _has_nan(value: Any) -> bool:
    return np.asarray(value).dtype.kind == "f"


def test_order_of_rows_does_not_matter_bit_for_bit(kind: Kind, method: str):
    rng = np.random.default_rng(3)
    rows, _ = kind.rows(rng)
    shuffled = [rows[place] for place in rng.permutation(len(rows))]

    one, other = (kind.fit(kind.methods[method].build(), each) for each in (rows, shuffled))

    assert same(one, other) == []


def test_names_of_workers_do_not_matter(kind: Kind, method: str):
    rng = np.random.default_rng(4)
    rows, truth = kind.rows(rng)
    names = rng.permutation(1 + max(worker for _, worker, *_ in rows))
    renamed = [(task, int(names[worker]), *value) for task, worker, *value in rows]

    one, other = (kind.fit(kind.methods[method].build(), each) for each in (rows, renamed))

    assert kind.error(one, truth) == pytest.approx(kind.error(other, truth), abs=1e-9)
    if hasattr(one, "confidence"):
        np.testing.assert_allclose(one.confidence, other.confidence, atol=1e-6)


def test_truth_is_recovered_from_a_good_crowd(kind: Kind, method: str):
    rows, truth = kind.rows(np.random.default_rng(5))

    fit = kind.fit(kind.methods[method].build(), rows)

    assert kind.error(fit, truth) <= kind.tolerance
    assert fit.converged


def test_no_votes_at_all_give_an_empty_fit(kind: Kind, method: str):
    fit = kind.fit(kind.methods[method].build(), [])

    assert fit.converged
    assert len(fit.labels) == 0


def test_method_says_which_one_did_the_work(kind: Kind, method: str):
    rows, _ = kind.rows(np.random.default_rng(6))

    fit = kind.fit(kind.methods[method].build(), rows)

    assert fit.method in kind.methods
    assert fit.method == method or fit.reason


def test_methods_and_fits_cannot_be_changed(kind: Kind, method: str):
    aggregator = kind.methods[method].build()
    fit = kind.fit(aggregator, kind.rows(np.random.default_rng(7))[0])

    for value in (aggregator, fit):
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            value.method = "another"
