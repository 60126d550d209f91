from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.evaluation.words import edit_distances, encode
from quality.kinds.text.measures import share_of_edits
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

    assert share_of_edits(one, other) == pytest.approx(edits / max(len(one), len(other), 1))


def test_texts_may_be_longer_than_a_machine_word():
    one = tuple("abcdefg" * 30)

    assert share_of_edits(one, one[1:]) == pytest.approx(1 / len(one))


def held(run: Run, folder: Path, truth: str, given: str, *options: str) -> dict[str, Any]:
    (folder / "labels.csv").write_text(f"task,label\n1,{given}\n")
    (folder / "gold.csv").write_text(f"task,label\n1,{truth}\n")
    return run("evaluate", "labels.csv", "gold.csv", "--type", "text", "--json", *options).json


@pytest.mark.parametrize(
    ("truth", "given", "unit", "rate"),
    [
        ("今天天气很好。", "今天天气不好", "characters", 1 / 6),
        ("明日は雨です", "明日は雪です", "characters", 1 / 6),
        ("กินข้าว", "กินข้า", "characters", 1 / 7),
        ("我昨天在商店买了新的 iPhone", "我昨天在商店买了的 iPhone", "characters", 1 / 16),
        ("나는 학교에 간다", "나는 학교에 갔다", "words", 1 / 3),
        ("a red car", "a red cat", "words", 1 / 3),
        ("👍 👍", "👍 👎", "words", 1 / 2),
        ("", "今天", "characters", 1),
        ("", "two words", "words", 1),
        ("", "", "words", 0),
    ],
)
def test_error_rates_are_in_the_unit_of_the_script(
    run: Run, folder: Path, truth: str, given: str, unit: str, rate: float
):
    summary = held(run, folder, truth, given)

    assert (summary["unit"], summary["mean_error_rate"]) == (unit, pytest.approx(rate))
    assert summary["mean_error_rate"] == summary[f"mean_{unit.removesuffix('s')}_error_rate"]
    assert summary["corpus_error_rate"] == summary[f"corpus_{unit.removesuffix('s')}_error_rate"]


def test_the_unit_can_be_asked_for_and_is_told(run: Run, folder: Path):
    asked = held(run, folder, "a red car", "a red cat", "--unit", "characters")
    told = run("evaluate", "labels.csv", "gold.csv", "--type", "text", "--unit", "characters").out.splitlines()

    assert (asked["unit"], asked["mean_error_rate"]) == ("characters", pytest.approx(1 / 7))
    assert told[0].split() == ["mean", "error", "rate", "0.1429"]
    assert told[-1] == "on 1 tasks; 0 known answers have no label; unit characters"
    assert held(run, folder, "今天", "今夭", "--unit", "words")["mean_error_rate"] == 1


CHINESE = "task,worker,label\n1,a,今天天汽很好\n1,b,今夭天气很好\n1,c,今天天气很坏\n".encode()


def test_texts_without_spaces_are_put_together_character_by_character(run: Run):
    """Nobody wrote all six characters right, and two of three wrote each of them right."""
    fitted = run("aggregate", "-", "--type", "text", stdin=CHINESE)
    summary = run("aggregate", "-", "--type", "text", "--json", stdin=CHINESE).json
    by_words = run("aggregate", "-", "--type", "text", "--unit", "words", "--json", stdin=CHINESE).json

    assert fitted.out.splitlines()[1].startswith("1,今天天气很好,")
    assert "3 votes by 3 workers, unit characters, " in fitted.err
    assert (summary["method"], summary["unit"]) == ("rover", "characters")
    assert "differ in 33% of their characters" in summary["reason"]
    assert (by_words["method"], by_words["unit"]) == ("text-medoid", "words")
    assert "differ in 100% of their words" in by_words["reason"]


def test_known_texts_have_a_say_in_the_unit(run: Run, folder: Path):
    (folder / "gold.csv").write_text("task,label\n1,今天天气很好\n")

    summary = run(
        "aggregate", "-", "--type", "text", "--gold", "gold.csv", "--json", stdin=b"task,worker,label\n1,a,ok\n"
    ).json

    assert summary["unit"] == "characters"


@pytest.mark.parametrize(
    ("one", "other", "options", "unit", "distance"),
    [
        ("今天很好", "今天不好", (), "characters", 1 / 4),
        ("今天很好", "今天不好", ("--unit", "words"), "words", 1),
        ("one two", "one too", (), "words", 1 / 2),
        ("one two", "one too", ("--unit", "characters"), "characters", 1 / 6),
        ("👍", "👎", (), "words", 1),
    ],
)
def test_agreement_is_in_the_unit_of_the_script(
    run: Run, one: str, other: str, options: tuple[str, ...], unit: str, distance: float
):
    votes = f"task,worker,label\n1,a,{one}\n1,b,{other}\n".encode()

    found = run("agreement", "-", "--type", "text", "--json", *options, stdin=votes).json
    told = run("agreement", "-", "--type", "text", *options, stdin=votes).out

    assert (found["unit"], found["distance"]["value"]) == (unit, pytest.approx(distance))
    assert told.splitlines()[-1] == f"unit {unit}; 2 answers by 2 workers on 1 tasks"


def test_units_are_words_or_characters_and_mean_nothing_elsewhere(run: Run):
    assert run("aggregate", "-", "--type", "number", "--unit", "words", stdin=VOTES).err == (
        "argument --unit: means nothing for type number\n"
    )
