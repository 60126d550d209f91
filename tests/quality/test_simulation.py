"""Simulated workers are what they are said to be."""

import numpy as np
import pytest

from quality.simulation.workers import DEFAULT_CROWD, KINDS, crowd


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_every_kind_answers_with_probabilities(kind: str, n_classes: int) -> None:
    (worker,) = crowd([kind], n_classes)
    assert worker.confusion.sum(axis=1) == pytest.approx(np.ones(n_classes))
    assert (worker.confusion >= 0).all()


def test_the_kinds_differ_in_skill() -> None:
    skill = {worker.kind: worker.accuracy for worker in crowd(list(KINDS), 10)}
    assert skill["expert"] > skill["good"] > skill["biased"] > skill["sloppy"] > skill["spammer"] == pytest.approx(0.1)


def test_workers_of_one_kind_are_numbered() -> None:
    assert [worker.name for worker in crowd(["good", "expert", "good"], 3)] == ["good-1", "expert-1", "good-2"]
    assert len({worker.name for worker in crowd(DEFAULT_CROWD, 10)}) == len(DEFAULT_CROWD)


def test_answers_follow_the_seed() -> None:
    (worker,) = crowd(["sloppy"], 10)
    draws = [[worker.answer(3, rng) for _ in range(20)] for rng in map(np.random.default_rng, (1, 1, 2))]
    assert draws[0] == draws[1] != draws[2]
