from typing import Any

import numpy as np
import pytest

from quality.aggregation.masks import MaskVotes

MASK = np.array([[1, 0, 1], [0, 1, 1]], dtype=bool)


def test_masks_come_in_one_order_whatever_the_order_of_rows():
    votes = MaskVotes.from_codes([1, 0, 0], [0, 1, 0], [MASK, ~MASK, MASK])

    assert votes.tasks.tolist() == [0, 0, 1]
    assert votes.workers.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(votes.pixels(0), [MASK.ravel(), ~MASK.ravel()])


def test_packed_masks_are_the_same_votes():
    plain = MaskVotes.from_codes([0], [0], [MASK], known={0: ~MASK})
    bits = np.packbits(MASK) | np.uint8(1)  # what comes after the last pixel must not matter

    packed = MaskVotes.from_packed([0], [0], [bits], [(2, 3)], known={0: (np.packbits(~MASK), (2, 3))})

    assert [each.tolist() for each in packed.bits] == [each.tolist() for each in plain.bits]
    np.testing.assert_array_equal(packed.known_pixels(0), ~MASK.ravel())
    assert packed.shapes == plain.shapes == ((2, 3),)


def test_tasks_without_masks_have_no_pixels():
    votes = MaskVotes.from_codes([1], [0], [MASK], n_tasks=3)

    assert votes.shapes == (None, (2, 3), None)
    assert votes.pixels(0).shape == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0, 0], [0, 1], [MASK, MASK.T]), {}, r"masks\[1\] has shape \(3, 2\), but task 0"),
        (([0], [0], [MASK]), {"known": {0: MASK.T}}, r"known\[0\] has shape \(3, 2\)"),
        (([0], [0], [MASK * 2]), {}, r"masks\[0\] must be True and False"),
        (([0], [0], [MASK.ravel()]), {}, r"masks\[0\] must have a height and a width"),
        (([0, 1], [0, 0], [MASK]), {}, "tasks has 2"),
        (([0], [-1], [MASK]), {}, r"workers\[0\] is -1"),
    ],
)
def test_bad_rows_are_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MaskVotes.from_codes(*arguments, **options)


def test_packed_masks_that_are_too_short_are_refused():
    with pytest.raises(ValueError, match=r"masks\[0\] must have 2 bytes for 9 pixels"):
        MaskVotes.from_packed([0], [0], [np.zeros(1, dtype=np.uint8)], [(3, 3)])
