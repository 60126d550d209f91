import numpy as np
import pytest

from quality.aggregation.boxes import BoxVotes
from quality.evaluation.boxes import Boxes

BOX = [0, 0, 10, 10]


def test_boxes_come_in_one_order_whatever_the_order_of_rows():
    votes = BoxVotes.from_codes([1, 0, 0], [0, 1, 0], [BOX, [5, 5, 9, 9], BOX])

    assert votes.tasks.tolist() == [0, 0, 1]
    assert votes.workers.tolist() == [0, 1, 0]
    assert votes.corners[1].tolist() == [5, 5, 9, 9]
    assert votes.starts.tolist() == [0, 2, 3]


def test_who_drew_has_seen_and_others_may_have_too():
    votes = BoxVotes.from_codes([0, 0], [0, 0], [BOX, BOX], seen=([1, 0, 1], [2, 1, 2]))

    assert list(zip(votes.seen_tasks.tolist(), votes.seen_workers.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 2)]
    assert (votes.n_tasks, votes.n_workers) == (2, 3)


def test_a_known_task_may_have_no_box():
    votes = BoxVotes.from_codes([0], [0], [BOX], known_tasks=[2, 0])

    assert votes.known_tasks.tolist() == [0, 2]
    assert len(votes.known) == 0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0], [0], [[3, 0, 2, 1]]), {}, r"corners\[0\]"),
        (([0, 0], [0], [BOX]), {}, "tasks has 2, workers has 1"),
        (([-1], [0], [BOX]), {}, r"tasks\[0\] is -1"),
        (([0], [4], [BOX]), {"n_workers": 2}, r"workers\[0\] is 4, but n_workers is 2"),
        (([0], [0], [BOX]), {"seen": ([0, 1], [0])}, "seen_tasks has 2, seen_workers has 1"),
        (([0], [0], [BOX]), {"known": Boxes.from_rows([1], [BOX]), "known_tasks": [0]}, r"known.tasks\[0\] is 1"),
    ],
)
def test_bad_rows_are_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        BoxVotes.from_codes(*arguments, **options)


def test_arrays_cannot_be_changed():
    votes = BoxVotes.from_codes([0], [0], np.array([BOX]))

    with pytest.raises(ValueError, match="read-only"):
        votes.corners[0, 0] = 1
