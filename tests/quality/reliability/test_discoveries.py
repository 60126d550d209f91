import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from quality.reliability.discoveries import adjusted, expected_alarms

some_probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(p=some_probabilities)
def test_adjusted_values_are_those_of_statsmodels(p):
    np.testing.assert_allclose(adjusted(p), multipletests(p, method="fdr_bh")[1], atol=1e-12)


def test_expected_alarms_are_mean_doubts_of_the_more_suspicious():
    assert expected_alarms([0.5, 1.0, 0.9]).tolist() == pytest.approx([0.6 / 3, 0, 0.05])


def test_no_tests_make_no_discoveries():
    assert adjusted([]).size == expected_alarms([]).size == 0


def test_false_discoveries_stay_within_their_rate():
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(300):
        p = np.concatenate([rng.random(90), rng.random(10) * 1e-4])
        taken = adjusted(p) <= 0.1
        shares.append(taken[:90].sum() / max(taken.sum(), 1))

    assert np.mean(shares) == pytest.approx(0.09, abs=0.02)
