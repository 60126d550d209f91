"""How far labels are believed: as far as they are right, whatever the crowd."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from quality.aggregation.spans import SpanAuto, SpanShare, SpanVotes
from quality.evaluation.spans import Spans, score_characters
from tests.quality.aggregation.spans.simulated import MIXES, simulated

N_TASKS, GOLD = 100, 20
CROWDS = list(product(MIXES, (3, 5, 9)))


def f1_of_tasks(truth: Spans, found: Spans) -> np.ndarray:
    """(tasks,) 1 where there is nothing to find and nothing was found."""
    scores = []
    for task in range(N_TASKS):
        one, other = truth.where(truth.tasks == task), found.where(found.tasks == task)
        scores.append(score_characters(one, other).f1 if len(one) or len(other) else 1.0)
    return np.array(scores)


def knowing(votes: SpanVotes, truth: Spans, most: int) -> SpanVotes:
    return replace(votes, known_tasks=np.arange(most, dtype=np.int32), known=truth.where(truth.tasks < most))


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """The mean gap between confidence and F1 in ten bins of confidence."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [np.abs((confidence - right)[bins == each].sum()) for each in range(10)]
    return float(sum(gaps) / len(confidence))


@pytest.mark.parametrize(("gold", "most"), [(0, 0.07), (GOLD, 0.04)])
def test_confidence_is_the_f1_that_labels_have(gold: int, most: float) -> None:
    confidence, right = [], []
    for place, (mix, size) in enumerate(CROWDS):
        votes, truth = simulated(mix, size, N_TASKS, np.random.default_rng(place))
        told = knowing(votes, truth, gold)
        fit = SpanAuto().fit(told)
        confidence.append(fit.confidence[gold:])
        right.append(f1_of_tasks(truth, fit.labels)[gold:])
    assert calibration_error(np.concatenate(confidence), np.concatenate(right)) <= most


@pytest.mark.parametrize(("mix", "size"), CROWDS)
def test_labels_are_never_worse_than_those_of_half_of_the_workers(mix: str, size: int) -> None:
    votes, truth = simulated(mix, size, N_TASKS, np.random.default_rng(7))
    told = knowing(votes, truth, GOLD)
    plain = f1_of_others(truth, SpanShare(0.5).fit(votes).labels)
    for given in (votes, told):
        assert f1_of_others(truth, SpanAuto().fit(given).labels) >= plain - 0.01


def f1_of_others(truth: Spans, found: Spans) -> float:
    """Of all places together, on tasks that are not known."""
    return score_characters(*(each.where(each.tasks >= GOLD) for each in (truth, found))).f1


def test_more_who_agree_are_surer_and_nobody_is_certain() -> None:
    def confidence(n: int) -> float:
        return float(SpanAuto().fit(SpanVotes.from_codes([0] * n, range(n), [0] * n, [5] * n)).confidence[0])

    alone, two, nine = confidence(1), confidence(2), confidence(9)
    assert 0.6 < alone < two < nine < 1


def test_what_was_learnt_judges_later_votes_as_the_fit_does() -> None:
    votes, _truth = simulated("mixed", 5, N_TASKS, np.random.default_rng(3))
    fit = SpanAuto().fit(votes)
    again = fit.judge.fit(votes)
    assert again.confidence.tolist() == fit.confidence.tolist()
    assert again.labels.scores.tolist() == fit.labels.scores.tolist()
