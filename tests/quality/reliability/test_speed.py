from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.reliability import find_haste


def times(rng: Any, *, n_workers: int = 30, n_tasks: int = 100, hasty: int = 0, spread: float = 0.3) -> Any:
    """Tasks take from 2 to 60 seconds; the last `hasty` workers take a sixth of an honest one's
    time."""
    tasks, workers = (
        np.repeat(np.arange(n_tasks), 5),
        np.argsort(rng.random((n_tasks, n_workers)), axis=1)[:, :5].ravel(),
    )
    pace = rng.normal(0, spread, n_workers) - np.log(6) * (np.arange(n_workers) >= n_workers - hasty)
    seconds = np.exp(np.log(rng.uniform(2, 60, n_tasks))[tasks] + pace[workers] + rng.normal(0, 0.4, len(tasks)))
    return tasks, workers, seconds


def test_hasty_workers_are_found_and_honest_ones_are_not():
    crowds = [find_haste(*times(np.random.default_rng(seed), hasty=3)) for seed in range(20)]

    assert np.mean([crowd.q[-3:] <= 0.05 for crowd in crowds]) > 0.95
    assert np.mean([crowd.q[:-3] <= 0.05 for crowd in crowds]) < 0.01
    assert np.median([crowd.pace[-3:] for crowd in crowds]) == pytest.approx(1 / 6, rel=0.3)


def test_easy_tasks_do_not_make_a_hasty_worker():
    """The last worker gets only tasks that take a tenth of the time."""
    tasks = np.concatenate([np.repeat(np.arange(40), 5), np.repeat(np.arange(40, 50), 6)])
    workers = np.concatenate([np.tile(np.arange(5), 40), np.tile(np.arange(6), 10)])
    seconds = np.where(tasks < 40, 50.0, 5.0) * np.exp(np.random.default_rng(0).normal(0, 0.1, len(tasks)))

    haste = find_haste(tasks, workers, seconds)

    assert haste.pace[5] == pytest.approx(1, rel=0.1)
    assert haste.p[5] > 0.05


@pytest.mark.parametrize("level", [0.05, 0.2, 0.5])
def test_p_values_of_an_honest_crowd_are_roughly_uniform(level):
    p = find_haste(*times(np.random.default_rng(0), n_workers=500, n_tasks=4000)).p

    assert (p <= level).mean() == pytest.approx(level, abs=0.04)


@settings(max_examples=20)
@given(seed=st.integers(0, 99), unit=st.sampled_from([0.001, 60.0]))
def test_units_and_names_of_workers_do_not_matter(seed, unit):
    rng = np.random.default_rng(seed)
    tasks, workers, seconds = times(rng, n_tasks=40)
    names = rng.permutation(30)

    one, other = find_haste(tasks, workers, seconds), find_haste(tasks, names[workers], seconds * unit, n_workers=30)

    np.testing.assert_allclose(other.p[names], np.resize(one.p, 30), atol=1e-9)


def test_without_answers_there_is_no_evidence():
    haste = find_haste([0], [0], [3.0], n_workers=2)

    assert (haste.pace[0], haste.q.tolist()) == (1, [1, 1])
    assert np.isnan([haste.pace[1], haste.z[1]]).all()
    assert find_haste([], [], []).p.size == 0


@pytest.mark.parametrize("seconds", [0.0, -1.0, np.nan, np.inf])
def test_impossible_times_are_refused(seconds):
    with pytest.raises(ValueError, match=r"seconds\[1\] is"):
        find_haste([0, 0], [0, 1], [1.0, seconds])
