"""From sets of classes to one set a task, by cells."""

from typing import Any

import numpy as np
import pytest

from quality.aggregation.sets import Cells, SetFit, Sets, fit_sets
from quality.aggregation.sets.learning import learn_rates
from quality.evaluation import expected_calibration_error

N_TASKS, N_CLASSES = 200, 6


def crowd(seed: int, hits: list[float], slips: float = 0.03) -> tuple[Any, Any]:
    """(answers, 3) task, worker and set of workers who tick what applies so often; and the true
    sets."""
    rng = np.random.default_rng(seed)
    truth = rng.random((N_TASKS, N_CLASSES)) < 0.25
    rows = []
    for worker, hit in enumerate(hits):
        ticks = rng.random(truth.shape) < np.where(truth, hit, slips)
        rows += [(task, worker, tuple(np.flatnonzero(ticks[task]).tolist())) for task in range(N_TASKS)]
    return rows, truth


def fitted(rows: Any, known: Any = (), method: str = "auto", **options: Any) -> SetFit:
    values = sorted({given for _task, _worker, given in rows} | {right for _task, right in known})
    sets, place = Sets.of(values), {value: n for n, value in enumerate(values)}
    task, worker, given = np.array([(task, worker, place[given]) for task, worker, given in rows]).T
    told = np.full(N_TASKS, -1)
    for each, right in known:
        told[each] = place[right]
    n = int(worker.max()) + 1
    cells = Cells.of(task, worker, given, sets, told, n_workers=n, n_kinds=N_CLASSES, **options)
    return fit_sets(cells, sets, told, method, np.zeros((2, n)))


def labels_of(fit: SetFit) -> Any:
    labels = np.zeros((N_TASKS, N_CLASSES), dtype=bool)
    labels[fit.cells.task, fit.cells.kind] = fit.taken
    return labels


def f1(labels: Any, truth: Any) -> float:
    return 2 * float((labels & truth).sum()) / float(labels.sum() + truth.sum())


def majority(rows: Any) -> Any:
    shares, given = np.zeros((N_TASKS, N_CLASSES)), np.zeros(N_TASKS)
    for task, _worker, answer in rows:
        given[task] += 1
        shares[task, list(answer)] += 1
    return shares >= given[:, None] / 2


@pytest.mark.parametrize("method", ["auto", "weighted-share", "vote-share", "class-dawid-skene"])
def test_a_good_crowd_is_followed_by_every_method(method: str) -> None:
    rows, truth = crowd(0, [0.9] * 7)

    assert f1(labels_of(fitted(rows, method=method)), truth) > 0.95


def test_what_many_overlook_is_found_by_who_sees_it() -> None:
    rows, truth = crowd(1, [0.95, 0.95, 0.4, 0.4, 0.4])

    assert f1(labels_of(fitted(rows)), truth) > f1(majority(rows), truth) + 0.03


def test_the_order_of_answers_changes_no_bit() -> None:
    rows, _truth = crowd(2, [0.9, 0.7, 0.7])
    turned = [rows[place] for place in np.random.default_rng(0).permutation(len(rows)).tolist()]

    one, other = fitted(rows), fitted(turned)

    assert (one.probability == other.probability).all()
    assert (one.confidence == other.confidence).all()


def test_sets_are_right_as_often_as_they_are_sure() -> None:
    """That is of the whole set, which no mean over its classes is."""
    sure, right = [], []
    for seed in range(6):
        for hits in ([0.9, 0.8, 0.7], [0.9, 0.8, 0.7, 0.6, 0.8]):
            rows, truth = crowd(seed, hits)
            fit = fitted(rows)
            sure.append(fit.confidence)
            right.append((labels_of(fit) == truth).all(axis=1))

    assert expected_calibration_error(np.concatenate(sure), np.concatenate(right)) < 0.06


@pytest.mark.parametrize("given", [(), (0,), (0, 1)])
def test_a_single_answer_is_never_certain(given: tuple[int, ...]) -> None:
    """A class may have been overlooked; of an empty answer, too."""
    rows, _truth = crowd(3, [0.9] * 5)

    fit = fitted([*rows[:-N_TASKS], *[(task, 5, given) for task in range(N_TASKS - 1, N_TASKS)]][: -N_TASKS + 1])

    assert fit.confidence[fit.cells.answers == 1].max(initial=0.0) < 0.97


def test_a_single_answer_before_anything_is_known_is_not_believed_far() -> None:
    fit = fitted([(0, 0, (0,)), (1, 0, ()), (2, 0, (1, 2))])

    assert fit.confidence[:3].max() < 0.9


def test_known_sets_teach_that_the_crowd_overlooks_a_class() -> None:
    """The crowd ticks the last class half as often as it applies."""
    rows, truth = crowd(4, [0.9] * 5)
    rng = np.random.default_rng(5)
    rows = [
        (task, worker, tuple(each for each in given if each != 5 or rng.random() < 0.35))
        for task, worker, given in rows
    ]
    known = [(task, tuple(np.flatnonzero(truth[task]).tolist())) for task in range(60)]

    untaught, taught = fitted(rows), fitted(rows, known)

    last = [f1(labels_of(fit)[60:, 5], truth[60:, 5]) for fit in (untaught, taught)]
    assert last[1] >= last[0]
    assert "known sets have taught" in taught.reason


def test_what_is_dear_is_left_out_and_the_rest_stays() -> None:
    """Somebody ticks every class everywhere; voices are kept for what most tick."""
    rows, truth = crowd(6, [0.95] * 4)
    rows += [(task, 4, tuple(range(N_CLASSES))) for task in range(N_TASKS)]
    most = 5 * int(truth.sum())

    fit = fitted(rows, most=most)

    assert len(fit.cells.cell) <= most
    assert f1(labels_of(fit), truth) > 0.9


def test_nothing_at_all_has_an_answer() -> None:
    none, empty = np.zeros(0, dtype=np.int64), np.zeros((2, 0))
    cells = Cells.of(none, none, none, Sets.of([]), np.full(2, -1), n_workers=0, n_kinds=3)

    fit = fit_sets(cells, Sets.of([]), np.full(2, -1), "auto", empty)

    assert fit.confidence.shape == (2,)
    assert learn_rates(cells, empty)[1] == 0
