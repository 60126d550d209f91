"""Votes that come in one by one: what follows at once, and how far it is from a fit to all of
them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation import NO_LABEL, DawidSkene, MajorityVote, Votes, simulate_votes
from quality.aggregation.streaming import Live, follow, update

N_TASKS, N_WORKERS = 6_000, 300
SIZES: dict[str, Any] = {"n_tasks": N_TASKS, "n_workers": N_WORKERS, "n_classes": 4}


def crowd(votes_per_task: int = 5) -> tuple[Votes, npt.NDArray[np.int64]]:
    """Votes of a crowd of mixed workers, and an order in which they come in."""
    rng = np.random.default_rng(0)
    votes, _ = simulate_votes(rng, **SIZES, votes_per_task=votes_per_task)
    return votes, rng.permutation(len(votes.tasks))


def some(votes: Votes, rows: Any, **options: Any) -> Votes:
    return Votes.from_codes(votes.tasks[rows], votes.workers[rows], votes.labels[rows], **{**SIZES, **options})


def deviation(live: Live, fit: Any) -> float:
    return float(np.abs(live.fit.posterior - fit.posterior).mean())


@pytest.mark.parametrize("batch", [7, 150, 1_100])
def test_posteriors_stay_close_to_a_fit_to_all_votes(batch: int):
    votes, rows = crowd()
    live = follow(DawidSkene(), some(votes, rows[:21_000]))
    deviations: list[float] = []

    for start in range(21_000, 24_000, batch):
        live = update(live, some(votes, rows[start : start + batch]))
        if len(deviations) * 600 <= start - 21_000:
            deviations.append(deviation(live, DawidSkene().fit(live.votes)))

    assert np.mean(deviations) < 0.01
    np.testing.assert_allclose(live.tally, live.votes.tally(live.fit.posterior), atol=1e-8)
    assert live.votes.total == votes.weights[rows[: start + batch]].size


def test_few_votes_are_fitted_anew_and_exactly():
    votes, rows = crowd()

    live = update(follow(DawidSkene(), some(votes, rows[:900])), some(votes, rows[900:1_000]))

    np.testing.assert_array_equal(live.fit.posterior, DawidSkene().fit(some(votes, rows[:1_000])).posterior)


def test_after_a_tenth_of_growth_everything_is_fitted_from_the_beginning():
    """Else an early misjudgement, from which each fit goes on, would stay for ever."""
    votes, rows = crowd()
    live = follow(DawidSkene(), some(votes, rows[:25_000]))

    for start in range(25_000, 27_600, 650):
        live = update(live, some(votes, rows[start : start + 650]))

    fitted = DawidSkene().fit(some(votes, rows[:27_600]))
    assert (live.anew_at, live.new.total) == (27_600, 0)
    np.testing.assert_array_equal(live.fit.posterior, fitted.posterior)
    assert live.fit.iterations == fitted.iterations


def test_a_touched_task_knows_its_new_votes_at_once_and_others_stay_as_they_were():
    votes, rows = crowd()
    before = follow(DawidSkene(), some(votes, rows[:25_000]))
    contested = int(before.fit.confidence.argmin())

    after = update(before, Votes.from_codes([contested] * 3, [0, 1, 2], [2, 2, 2], **SIZES))

    assert after.fit.labels[contested] == 2
    others = np.delete(np.arange(N_TASKS), contested)
    np.testing.assert_array_equal(after.fit.posterior[others], before.fit.posterior[others])


def test_workers_learn_from_what_they_said():
    votes, rows = crowd()
    before = follow(DawidSkene(), some(votes, rows[:25_000]))
    certain = np.flatnonzero(before.fit.confidence > 0.999)[:60]

    after = update(before, Votes.from_codes(certain, [7] * 60, (before.fit.labels[certain] + 1) % 4, **SIZES))

    assert before.fit.workers is not None
    assert after.fit.workers is not None
    assert after.fit.workers.accuracy[7] < before.fit.workers.accuracy[7] - 0.1


def test_new_tasks_and_workers_have_higher_codes():
    votes, rows = crowd()
    before = follow(DawidSkene(), some(votes, rows[:25_000]))

    after = update(before, Votes.from_codes([N_TASKS + 1] * 2, [N_WORKERS, N_WORKERS + 1], [3, 3], n_classes=4))

    assert after.fit.labels[N_TASKS:].tolist() == [NO_LABEL, 3]
    np.testing.assert_allclose(after.fit.posterior[N_TASKS], after.fit.class_shares)
    assert after.fit.workers is not None
    assert len(after.fit.workers.accuracy) == N_WORKERS + 2


def test_an_answer_that_becomes_known_is_certain():
    votes, rows = crowd()
    before = follow(DawidSkene(), some(votes, rows[:25_000]))
    known = np.full(N_TASKS, NO_LABEL)
    known[5] = 3

    after = update(before, Votes.from_codes([], [], [], n_workers=N_WORKERS, n_classes=4, known=known))

    assert (after.fit.labels[5], after.fit.confidence[5]) == (3, 1.0)
    np.testing.assert_allclose(after.fit.posterior.sum(axis=1), 1)


def test_a_fit_that_begins_where_an_earlier_one_ended_needs_far_fewer_iterations():
    votes, rows = crowd()
    earlier = DawidSkene().fit(some(votes, rows[:25_000]))

    warm, cold = (DawidSkene().fit(some(votes, rows[:25_100]), start) for start in (earlier, None))

    assert warm.iterations <= cold.iterations / 2
    assert np.abs(warm.posterior - cold.posterior).mean() < 0.01


def test_a_few_new_votes_need_not_say_how_many_tasks_and_workers_there_are():
    votes, rows = crowd()
    live = follow(DawidSkene(), some(votes, rows[:25_000]))

    for task in (0, 3):
        live = update(live, Votes.from_codes([task], [0], [1], n_classes=4))

    assert live.fit.posterior.shape == (N_TASKS, 4)
    assert live.votes.total == live.fitted.total + 2


def test_only_the_model_whose_counts_can_be_moved_is_followed():
    with pytest.raises(TypeError, match="only DawidSkene can be followed, got MajorityVote"):
        follow(MajorityVote(), Votes.from_codes([0], [0], [0]))  # type: ignore[arg-type]


def test_votes_on_other_classes_are_refused():
    live = follow(DawidSkene(), Votes.from_codes([0], [0], [1], n_classes=2))

    with pytest.raises(ValueError, match="2 classes"):
        update(live, Votes.from_codes([0], [0], [2]))


a_vote = st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 2))


@settings(max_examples=50)
@given(rows=st.lists(a_vote, min_size=1, max_size=30), cut=st.integers(0, 30), data=st.data())
def test_joined_votes_are_the_votes_of_both(rows, cut, data):
    tasks, workers, labels = np.array(rows).T
    known = data.draw(st.lists(st.integers(NO_LABEL, 2), min_size=6, max_size=6))
    one = Votes.from_codes(tasks[:cut], workers[:cut], labels[:cut], n_classes=3)
    other = Votes.from_codes(tasks[cut:], workers[cut:], labels[cut:], n_classes=3, n_workers=4, known=known)

    joined = one.joined(other)

    both = Votes.from_codes(tasks, workers, labels, n_classes=3, n_workers=4, known=known)
    for name in ("tasks", "workers", "labels", "weights", "known"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(both, name))


@settings(max_examples=50)
@given(rows=st.lists(a_vote, max_size=30), tasks=st.sets(st.integers(0, 8)))
def test_votes_on_some_tasks_are_those_rows(rows, tasks):
    columns = np.array(rows, dtype=int).reshape(-1, 3).T
    votes = Votes.from_codes(*columns, n_tasks=6, n_workers=4, n_classes=3)
    chosen = np.array(sorted(tasks), dtype=np.int64)

    part = votes.on_tasks(chosen)

    inside = np.isin(votes.tasks, chosen)
    assert chosen[part.tasks].tolist() == votes.tasks[inside].tolist()
    for name in ("workers", "labels", "weights"):
        np.testing.assert_array_equal(getattr(part, name), getattr(votes, name)[inside])
