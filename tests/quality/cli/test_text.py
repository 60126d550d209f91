from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.cli.kinds.text import word_distance
from quality.evaluation.words import edit_distances, encode
from tests.quality.cli.conftest import Run

VOTES = b"task,worker,label\nt1,a,a red car\nt1,b,a red cat\nt1,c,a red car\nt2,a,\nt2,b,\n"

texts = st.lists(st.sampled_from("abc"), max_size=12).map(tuple)


def test_the_words_of_most_win(run: Run):
    lines = run("aggregate", "-", "--type", "text", "--method", "text-medoid", stdin=VOTES).out.splitlines()

    assert [line.rsplit(",", 1)[0] for line in lines] == ["task,label", "t1,a red car", "t2,"]


def test_word_error_rates_leave_case_and_punctuation_aside(run: Run, folder: Path):
    (folder / "labels.csv").write_text('task,label\n1,"A red, car"\n2,one two\n')
    (folder / "gold.csv").write_text("task,label\n1,a red car\n2,one\n")

    summary = run("evaluate", "labels.csv", "gold.csv", "--type", "text", "--json").json

    assert summary["mean_word_error_rate"] == 0.5
    assert summary["corpus_word_error_rate"] == 0.25


def test_agreement_is_by_edits_of_words(run: Run):
    votes = b"task,worker,label\n1,a,one two three four\n1,b,one three four\n"

    assert run("agreement", "-", "--type", "text", "--json", stdin=votes).json["distance"]["value"] == 0.25


@given(texts, texts)
def test_distance_is_that_of_the_table_of_edits(one: tuple[str, ...], other: tuple[str, ...]):
    words, _ = encode([one, other])
    edits = edit_distances(words, np.array([0]), np.array([1]))[0]

    assert word_distance(one, other) == pytest.approx(edits / max(len(one), len(other), 1))


def test_texts_may_be_longer_than_a_machine_word():
    one = tuple("abcdefg" * 30)

    assert word_distance(one, one[1:]) == pytest.approx(1 / len(one))
