import pytest

from quality.aggregation import NO_LABEL, encode_votes


def test_names_are_coded_in_sorted_order():
    votes, coding = encode_votes(["b", "a", "b"], ["zoë", "bob", "bob"], ["yes", "no", "yes"])

    assert coding.tasks == ("a", "b")
    assert coding.workers == ("bob", "zoë")
    assert coding.classes == ("no", "yes")
    assert votes.labels.tolist() == [0, 1, 1]


def test_known_answers_and_classes_nobody_voted_for_are_coded_too():
    votes, coding = encode_votes(["a"], ["bob"], ["no"], known={"c": "yes"}, classes=["maybe"])

    assert (coding.tasks, coding.classes) == (("a", "c"), ("maybe", "no", "yes"))
    assert votes.known.tolist() == [NO_LABEL, 2]


def test_no_rows_give_no_votes():
    votes, coding = encode_votes([], [], [])

    assert (votes.total, coding.tasks, coding.classes) == (0, (), ())


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="tasks has 2, workers has 1"):
        encode_votes(["a", "b"], ["bob"], ["no"])
