import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.evaluation import words as words_module
from quality.evaluation.words import NO_WORD, Words, edit_distances, encode

some_texts = st.lists(st.lists(st.sampled_from("abc"), max_size=7), min_size=1, max_size=6)


def distance(one: list[str], other: list[str]) -> int:
    """As R. Wagner & M. Fischer (1974) write it down, one entry at a time."""
    table = np.zeros((len(one) + 1, len(other) + 1), dtype=int)
    table[:, 0], table[0] = np.arange(len(one) + 1), np.arange(len(other) + 1)
    for row, left in enumerate(one, start=1):
        for column, right in enumerate(other, start=1):
            replaced = table[row - 1, column - 1] + (left != right)
            table[row, column] = min(table[row - 1, column] + 1, table[row, column - 1] + 1, replaced)
    return int(table[-1, -1])


def test_words_are_coded_in_alphabetical_order():
    words, vocabulary = encode([["b", "a"], [], ["b"]])

    assert vocabulary == ("a", "b")
    assert (words.codes.tolist(), words.starts.tolist(), len(words)) == ([1, 0, 1], [0, 2, 2, 3], 3)
    assert words.table(np.array([0, 1, 2])).tolist() == [[1, 0], [NO_WORD, NO_WORD], [1, NO_WORD]]


def test_distances_are_those_of_textbooks():
    words, _ = encode(["kitten", "sitting", "saturday", "sunday", ""])

    assert edit_distances(words, [0, 2, 4, 0], [1, 3, 0, 0]).tolist() == [3, 3, 6, 0]


@settings(max_examples=100)
@given(texts=some_texts)
def test_every_pair_is_as_far_apart_as_one_entry_at_a_time_says(texts):
    words, _ = encode(texts)
    one, other = (each.ravel() for each in np.indices((len(texts), len(texts))))

    found = edit_distances(words, one, other).reshape(len(texts), -1)

    assert found.tolist() == [[distance(left, right) for right in texts] for left in texts]


def test_batches_don_t_show(monkeypatch):
    rng = np.random.default_rng(0)
    words = Words.of([rng.integers(3, size=rng.integers(9)).tolist() for _ in range(12)])
    one, other = np.arange(12), rng.permutation(12)
    at_once = edit_distances(words, one, other)

    monkeypatch.setattr(words_module, "CELLS", 20)

    assert edit_distances(words, one, other).tolist() == at_once.tolist()


def test_no_pairs_and_no_texts_work():
    words, vocabulary = encode([])

    assert (len(words), vocabulary, edit_distances(words, [], []).tolist()) == (0, (), [])


def test_lists_of_different_lengths_are_refused():
    words, _ = encode(["a"])

    with pytest.raises(ValueError, match=r"one has shape \(1,\) and other \(2,\)"):
        edit_distances(words, [0], [0, 0])
