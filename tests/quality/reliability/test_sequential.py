import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.reliability import SequentialTest, Verdict


def test_boundaries_are_those_worked_out_by_hand():
    """A right answer gains ln 2 and a wrong one loses ln 4; the boundaries are at plus and minus ln
    9."""
    verdicts = SequentialTest(p_bad=0.4, p_good=0.8, alpha=0.1, beta=0.1).judge([0, 3, 4, 0, 0], [0, 3, 4, 1, 2])

    np.testing.assert_allclose(verdicts.log_likelihood_ratio, np.log([1, 8, 16, 1 / 3, 1 / 9]))
    assert verdicts.verdict.tolist() == [Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.RELIABLE, Verdict.UNKNOWN, -1]
    assert verdicts.right_to_pass.tolist() == [4, 1, 0, 5, 7]
    assert verdicts.wrong_to_fail.tolist() == [2, 4, 5, 1, 0]


@given(right=st.integers(0, 50), wrong=st.integers(0, 50), n_classes=st.integers(2, 20))
def test_as_many_answers_as_foretold_decide_and_no_fewer(right, wrong, n_classes):
    test = SequentialTest.for_classes(n_classes)
    now = test.judge([right], [right + wrong])
    passing, failing = int(now.right_to_pass[0]), int(now.wrong_to_fail[0])

    rights = [right + passing, right + max(passing - 1, 0), right, right]
    seen = [*(each + wrong for each in rights[:2]), right + wrong + failing, right + wrong + max(failing - 1, 0)]
    verdict = test.judge(rights, seen).verdict

    assert verdict[0] == Verdict.RELIABLE
    assert verdict[1] != Verdict.RELIABLE or passing == 0
    assert verdict[2] == Verdict.UNRELIABLE
    assert verdict[3] != Verdict.UNRELIABLE or failing == 0


@pytest.mark.parametrize("n_classes", [2, 4, 10])
def test_wrong_verdicts_are_as_rare_as_promised(n_classes):
    rng, workers = np.random.default_rng(0), 4000
    test = SequentialTest.for_classes(n_classes, alpha=0.05, beta=0.1)

    passed = first_verdicts(test, rng.random((workers, 400)) < test.p_bad) == Verdict.RELIABLE
    failed = first_verdicts(test, rng.random((workers, 400)) < test.p_good) == Verdict.UNRELIABLE

    margin = 3 * np.sqrt(0.1 * 0.9 / workers)
    assert passed.mean() <= 0.05 / 0.9 + margin
    assert failed.mean() <= 0.1 / 0.95 + margin


def first_verdicts(test: SequentialTest, right: np.ndarray) -> np.ndarray:
    """Of (workers, answers), stopping at the first verdict; every worker must get one."""
    counts = right.cumsum(axis=1)
    verdict = test.judge(counts, np.broadcast_to(np.arange(1, right.shape[1] + 1), counts.shape)).verdict
    decided = verdict != Verdict.UNKNOWN
    assert decided.any(axis=1).all()
    return verdict[np.arange(len(right)), decided.argmax(axis=1)]


def test_defaults_follow_the_number_of_classes():
    two, four = SequentialTest.for_classes(2), SequentialTest.for_classes(4)

    assert (two.p_bad, two.p_good) == pytest.approx((0.6, 0.8))
    assert (four.p_bad, four.p_good) == pytest.approx((0.4, 0.7))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p_bad": 0.8, "p_good": 0.6}, "got p_bad 0.8 and p_good 0.6"),
        ({"p_bad": 0.0, "p_good": 0.6}, "p_bad 0.0"),
        ({"p_bad": 0.5, "p_good": 1.0}, "p_good 1.0"),
        ({"p_bad": 0.5, "p_good": np.nan}, "p_good nan"),
        ({"p_bad": 0.4, "p_good": 0.6, "alpha": 0.0}, "alpha must be above 0"),
        ({"p_bad": 0.4, "p_good": 0.6, "beta": 0.5}, "beta must be above 0"),
    ],
)
def test_impossible_settings_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        SequentialTest(**options)


def test_one_class_and_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="n_classes must be at least 2, got 1"):
        SequentialTest.for_classes(1)
    with pytest.raises(ValueError, match=r"right\[1\] is 3.0, of 2.0 seen"):
        SequentialTest.for_classes(2).judge([1, 3], [2, 2])
