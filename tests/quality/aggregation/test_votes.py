import numpy as np
import pytest

from quality.aggregation import NO_LABEL, Votes


def test_votes_are_sorted_and_repeats_become_weights():
    votes = Votes.from_codes([1, 0, 1, 1], [0, 1, 0, 0], [2, 0, 2, 1])

    rows = zip(votes.tasks.tolist(), votes.workers.tolist(), votes.labels.tolist(), votes.weights.tolist(), strict=True)
    assert list(rows) == [(0, 1, 0, 1.0), (1, 0, 1, 1.0), (1, 0, 2, 2.0)]
    assert (votes.n_tasks, votes.n_workers, votes.n_classes, votes.total) == (2, 2, 3, 4.0)


def test_weights_of_equal_votes_add_up_to_the_same_bits_in_any_order():
    weights = np.random.default_rng(0).random(50)

    one, other = (Votes.from_codes([0] * 50, [0] * 50, [0] * 50, weights=w) for w in (weights, weights[::-1]))

    assert one.weights.tolist() == other.weights.tolist()


def test_counts_tally_and_right_agree_with_counting_by_hand():
    votes = Votes.from_codes([0, 0, 1], [0, 1, 1], [1, 0, 0], weights=[1, 2, 3])
    posterior = np.array([[0.25, 0.75], [1.0, 0.0]])

    assert votes.counts().tolist() == [[2, 1], [3, 0]]
    assert votes.counts(np.array([10.0, 1.0])).tolist() == [[2, 10], [3, 0]]
    assert votes.tally(posterior).tolist() == [[[0, 0.25], [0, 0.75]], [[3.5, 0], [1.5, 0]]]
    assert votes.right(posterior).tolist() == [0.75, 3.5]
    assert (votes.per_task.tolist(), votes.per_worker.tolist()) == ([3, 3], [1, 5])


def test_known_answers_count_as_evidence_and_set_the_number_of_tasks_and_classes():
    votes = Votes.from_codes([0], [0], [0], known=[NO_LABEL, NO_LABEL, 4])

    assert (votes.n_tasks, votes.n_classes) == (3, 5)
    assert votes.has_evidence.tolist() == [True, False, True]


def test_arrays_cannot_be_written_to():
    votes = Votes.from_codes([0], [0], [0])

    with pytest.raises(ValueError, match="read-only"):
        votes.weights[0] = 2.0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0, 1], [0], [0]), {}, "tasks has 2, workers has 1, labels has 1"),
        (([0], [0], [0]), {"weights": [1, 2]}, "weights has 2"),
        (([0, -1], [0, 0], [0, 0]), {}, r"tasks\[1\] is -1; codes go from 0"),
        (([0], [2**40], [0]), {}, r"workers\[0\] is 1099511627776; codes go from 0 to"),
        (([0], [0], [0.0]), {}, "labels must be integer codes, got float64"),
        (([0], [0], [True]), {}, "labels must be integer codes, got bool"),
        (([[0]], [0], [0]), {}, r"tasks must have one dimension, got shape \(1, 1\)"),
        (([0, 3], [0, 0], [0, 0]), {"n_tasks": 3}, r"tasks\[1\] is 3, but n_tasks is 3"),
        (([0], [5], [0]), {"n_workers": 5}, r"workers\[0\] is 5, but n_workers is 5"),
        (([0], [0], [2]), {"n_classes": 2}, r"labels\[0\] is 2, but n_classes is 2"),
        (([0], [0], [0]), {"n_classes": 0}, "n_classes must be at least 1, got 0"),
        (([], [], []), {"n_tasks": -1}, "n_tasks must be at least 0, got -1"),
        (([0], [0], [0]), {"known": [2], "n_classes": 2}, r"known\[0\] is 2, but n_classes is 2"),
        (([0], [0], [0]), {"known": [-2]}, r"known\[0\] is -2; codes go from -1"),
        (([0], [0], [0]), {"known": [0, 0], "n_tasks": 1}, "known has 2 entries, but n_tasks is 1"),
        (([0], [0], [0]), {"weights": [0.0]}, r"weights\[0\] is 0.0"),
        (([0], [0], [0]), {"weights": [np.nan]}, r"weights\[0\] is nan"),
        (([0], [0], [0]), {"weights": [[1.0]]}, "weights must have one dimension"),
        (([2], [2**31 - 2], [2**31 - 2]), {}, "too many to tell votes apart"),
    ],
)
def test_bad_input_is_refused_naming_what_is_wrong(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        Votes.from_codes(*arguments, **options)
