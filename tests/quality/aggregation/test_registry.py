import pytest

from quality.aggregation import DawidSkene, MajorityVote, create


def test_settings_reach_the_methods_that_use_them():
    assert create("dawid-skene", seed=3, max_iter=7, tol=0.1) == DawidSkene(max_iter=7, tol=0.1, seed=3)
    assert create("majority", seed=3, max_iter=7, tol=0.1) == MajorityVote(seed=3)


def test_settings_left_out_keep_their_defaults():
    assert create("dawid-skene") == DawidSkene()
    assert create("dawid-skene-mle") == DawidSkene.maximum_likelihood()


def test_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="unknown method 'best'; known are auto, majority"):
        create("best")
