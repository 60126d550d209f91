from typing import Any

import numpy as np
import pytest

from quality.aggregation.multilabel import UNKNOWN, MultiLabelVotes


def test_answers_come_in_one_order_whatever_the_order_of_rows():
    votes = MultiLabelVotes.from_codes([1, 0, 0], [0, 1, 0], [[1, 1], [1, 0], [0, 0]])

    assert votes.tasks.tolist() == [0, 0, 1]
    assert votes.ticks.tolist() == [[False, False], [True, False], [True, True]]
    assert votes.counts().tolist() == [[1, 0], [1, 1]]


def test_a_tick_counts_for_its_worker_s_weight():
    votes = MultiLabelVotes.from_codes([0, 0], [0, 1], [[1, 1], [1, 0]])

    assert votes.counts(np.array([1.0, 0.5])).tolist() == [[1.5, 1.0]]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0], [0], [[2, 0]]), {}, r"ticks\[0, 0\] is 2"),
        (([0], [0], [1]), {}, r"shape \(1,\)"),
        (([0, 1], [0], [[1]]), {}, "tasks has 2, workers has 1"),
        (([0], [0], [[1]]), {"known": [[3]]}, r"known\[0, 0\] is 3"),
        (([0], [0], [[1]]), {"known": [[1, 0]]}, r"known must have shape \(tasks, 1\)"),
        (([0], [0], [[1]]), {"known": [[1]], "n_tasks": 2}, "known has 1 rows, but n_tasks is 2"),
        (([1], [0], [[1]]), {"known": [[UNKNOWN]]}, r"tasks\[0\] is 1"),
    ],
)
def test_bad_rows_are_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MultiLabelVotes.from_codes(*arguments, **options)


def test_arguments_are_left_as_they_were_and_arrays_cannot_be_changed():
    ticks = np.array([[1, 0], [0, 1]])

    votes = MultiLabelVotes.from_codes([1, 0], [0, 0], ticks)

    assert ticks.tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match="read-only"):
        votes.ticks[0, 0] = True
