"""No default loses to plain majority on simulated crowds: a quick form of `python -m
benchmarks.defaults`."""

import numpy as np
import pytest

from benchmarks.defaults.crowds import QUALITIES, scores
from benchmarks.defaults.of_drawings import SUBJECTS as DRAWINGS
from benchmarks.defaults.of_values import SUBJECTS as VALUES

SUBJECTS = {**VALUES, **DRAWINGS}
KINDS = [kind for kind in SUBJECTS if not kind.endswith("by staple")]
SIZES = (3, 5, 10)
ALLOWED = 0.01

CROWDS = {"pairwise": 8}
"""How many of each sort, where two are too few: the order of twenty items is much a matter of
chance."""

UNDECIDED = {("number", "mixed"), ("number", "poor"), ("number", "one in three guesses"), ("boxes", "poor")}
"""Where votes alone can't tell (docs/benchmarks.md). Numbers of which many are guesses want a
median, and ratings that are mostly 0 a mean. A box that one of three workers drew was overlooked by
the others, or is a guess."""


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_default_of_every_kind_is_as_good_as_plain_majority(kind: str, quality: str) -> None:
    if (kind, quality) in UNDECIDED:
        pytest.skip("left undecided: see UNDECIDED")

    seeds = range(CROWDS.get(kind, 2))
    gains = [np.subtract(*scores(SUBJECTS[kind], quality, size, seeds)).mean() for size in SIZES]

    assert np.mean(gains) >= -ALLOWED


@pytest.mark.parametrize("quality", QUALITIES)
def test_staple_copies_no_rater_of_three(quality: str) -> None:
    ours, plain = scores(SUBJECTS["masks, specks, by staple"], quality, 3, range(3))

    assert ours.mean() >= plain.mean() - ALLOWED


@pytest.mark.parametrize("size", [3, 5, 10])
def test_a_tick_of_one_in_three_does_not_make_a_class(size: int) -> None:
    ours, plain = scores(SUBJECTS["choices"], "good", size, range(2))

    assert (ours > 0.97).all()
    assert (plain > 0.97).all()
