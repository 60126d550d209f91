"""Label sets so large that a table of tasks and classes would be far larger than the votes."""

import tracemalloc

import numpy as np
import pytest

from quality.aggregation import METHODS, NO_LABEL, Auto, MajorityVote, Votes, create, lean, simulate_votes
from quality.agreement import MEASURES, measure

FROM_FEW = ("majority", "auto")


@pytest.fixture
def votes() -> Votes:
    """Few votes on tasks of thirty classes, one of them with a known answer, one without
    anything."""
    made, _ = simulate_votes(np.random.default_rng(2), n_tasks=80, n_workers=70, n_classes=30, votes_per_task=2)
    known = np.full(82, NO_LABEL)
    known[[3, 80]] = 7
    columns = (made.tasks, made.workers, made.labels)
    return Votes.from_codes(*columns, known=known, n_workers=70, n_classes=30)


@pytest.mark.parametrize("method", FROM_FEW)
def test_a_lean_table_says_what_a_full_one_says(votes: Votes, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    full = create(method).fit(votes)
    for limit in ("ROOMY", "MUCH_LARGER"):
        monkeypatch.setattr(lean, limit, 0)
    small = create(method).fit(votes)
    seen = votes.has_evidence
    assert isinstance(small.posterior, lean.LeanTable)
    assert np.array_equal(small.labels, full.labels)
    np.testing.assert_allclose(np.asarray(small.posterior)[seen], full.posterior[seen], atol=1e-15)
    np.testing.assert_allclose(small.confidence[seen], full.confidence[seen], atol=1e-15)
    np.testing.assert_allclose(small.class_shares, full.class_shares, atol=1e-15)
    np.testing.assert_allclose(small.workers.accuracy, full.workers.accuracy, atol=1e-12)
    cells = np.repeat(np.arange(82), 30)[np.repeat(seen, 30)], np.tile(np.arange(30), int(seen.sum()))
    np.testing.assert_allclose(small.posterior[cells], full.posterior[cells], atol=1e-15)


def test_memory_follows_the_votes_and_not_the_classes() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(50_000, size=5_000)
    tasks = np.repeat(np.arange(5_000), 3)
    labels = np.where(rng.random(15_000) < 0.8, truth[tasks], rng.integers(50_000, size=15_000))
    votes = Votes.from_codes(tasks, rng.integers(200, size=15_000), labels, n_classes=50_000)
    tracemalloc.start()
    fits = [method.fit(votes) for method in (MajorityVote(), Auto())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * 2**20  # one full table would be 1,907 MiB
    assert [(fit.labels == truth).mean() > 0.9 for fit in fits] == [True, True]
    assert 0.8 < fits[1].confidence.mean() < 0.95


def test_agreement_of_a_sparse_table_is_that_of_the_full_one(votes: Votes) -> None:
    sparse = measure(votes.sparse_counts(), np.random.default_rng(0))
    full = measure(votes.counts(), np.random.default_rng(0))
    for name in MEASURES:
        one, other = getattr(sparse, name), getattr(full, name)
        assert one.value == pytest.approx(other.value, abs=1e-12)
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.03)
    assert (sparse.tasks, sparse.paired_tasks, sparse.answers) == (full.tasks, full.paired_tasks, full.answers)


def test_sparse_counts_take_no_weights(votes: Votes) -> None:
    with pytest.raises(ValueError, match="leave the weights out"):
        measure(votes.sparse_counts(), np.random.default_rng(0), weights="linear")


@pytest.mark.parametrize("method", sorted(METHODS.keys() - set(FROM_FEW)))
def test_what_has_no_room_is_refused_with_its_size_and_what_does_without(
    votes: Votes, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "_memory", lambda: 8_000)
    with pytest.raises(lean.TooLarge, match=r"by 30 .*numbers, .* GiB: for so many classes use `majority`, or `auto`"):
        create(method).fit(votes)


def test_auto_counts_votes_where_there_is_no_room_to_tell_workers_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    votes, _ = simulate_votes(np.random.default_rng(0), n_tasks=100, n_workers=10, n_classes=2, votes_per_task=5)
    monkeypatch.setattr(lean, "has_room", lambda *shape: len(shape) < 3)
    monkeypatch.setattr("quality.aggregation.auto.has_room", lean.has_room)
    fit = Auto().fit(votes)
    assert fit.method == "majority"
    assert fit.reason.endswith("this machine has not the memory to tell workers apart")
