from typing import Any

import pytest

from quality.aggregation.spans import SpanVotes
from tests.quality.aggregation.spans.crowd import spans


def test_spans_come_in_one_order_whatever_the_order_of_rows():
    votes = SpanVotes.from_codes([1, 0, 0, 0], [0, 1, 0, 0], [0, 2, 5, 5], [3, 4, 9, 8])

    assert votes.tasks.tolist() == [0, 0, 0, 1]
    assert votes.workers.tolist() == [0, 0, 1, 0]
    assert votes.ends.tolist() == [8, 9, 4, 3]


def test_who_marked_has_seen_and_others_may_have_too():
    votes = SpanVotes.from_codes([0, 0], [0, 0], [1, 4], [3, 5], seen=([1, 0, 1], [2, 1, 2]))

    assert list(zip(votes.seen_tasks.tolist(), votes.seen_workers.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 2)]
    assert votes.watchers.tolist() == [2, 1]
    assert (votes.n_tasks, votes.n_workers, votes.n_classes) == (2, 3, 1)


def test_a_known_task_may_have_no_span():
    votes = SpanVotes.from_codes([0], [0], [1], [3], known_tasks=[2, 0])

    assert votes.known_tasks.tolist() == [0, 2]
    assert len(votes.known) == 0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0], [0], [3], [3]), {}, "span 0 goes from 3 to 3"),
        (([0], [0], [-1], [3]), {}, "span 0 goes from -1 to 3"),
        (([0], [0], [0.5], [3]), {}, "starts must be whole numbers in one dimension, got float64"),
        (([0], [0], [0, 1], [3]), {}, "starts has 2, ends has 1"),
        (([0, 0], [0], [0], [3]), {}, "tasks has 2, workers has 1"),
        (([-1], [0], [0], [3]), {}, r"tasks\[0\] is -1"),
        (([0], [4], [0], [3]), {"n_workers": 2}, r"workers\[0\] is 4, but n_workers is 2"),
        (([0], [0], [0], [3], [2]), {"n_classes": 2}, r"classes\[0\] is 2, but n_classes is 2"),
        (([0], [0], [0], [3]), {"seen": ([0, 1], [0])}, "seen_tasks has 2, seen_workers has 1"),
        (([0], [0], [0], [3]), {"known": spans([(1, 0, 2, 0)]), "known_tasks": [0]}, r"known.tasks\[0\] is 1"),
    ],
)
def test_bad_rows_are_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SpanVotes.from_codes(*arguments, **options)


def test_arrays_cannot_be_changed():
    votes = SpanVotes.from_codes([0], [0], [0], [3])

    with pytest.raises(ValueError, match="read-only"):
        votes.starts[0] = 1
