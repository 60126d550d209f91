"""Workers who copy texts, or write the same to everything."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from quality.aggregation import NO_LABEL
from quality.fraud.finding import Fraud, find_fraud
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.text.service import Text
from tests.quality.aggregation.texts.crowd import LEXICON, heard

TASKS, HONEST = 60, 8


def matrix_of(texts: Mapping[str, list[str]], seconds: Mapping[str, float]) -> AnswerMatrix:
    """Of workers who each give every task the text of its place."""
    values = sorted({text for given in texts.values() for text in given})
    place = {value: code for code, value in enumerate(values)}
    workers, n = list(texts), len(texts) * TASKS
    unknown = np.full(TASKS, NO_LABEL)
    return AnswerMatrix(
        task_ids=np.arange(TASKS),
        revisions=np.ones(TASKS, dtype=np.int64),
        worker_ids=np.arange(len(workers)) + 100,
        machine=np.zeros(len(workers), dtype=bool),
        prior=np.zeros((2, len(workers))),
        task=np.tile(np.arange(TASKS), len(workers)),
        worker=np.repeat(np.arange(len(workers)), TASKS),
        answer=np.array([place[text] for given in texts.values() for text in given]),
        response=np.arange(n) + 1,
        seconds=np.repeat([seconds.get(name, 8.0) for name in workers], TASKS)
        * np.random.default_rng(1).uniform(0.7, 1.4, n),
        gold=unknown,
        drawn=np.zeros(TASKS, dtype=bool),
        adjudicated=unknown,
        values=values,
        schema={"type": "text", "max_length": 2000},
    )


def found(texts: Mapping[str, list[str]], **seconds: float) -> dict[str, dict[str, Any]]:
    matrix = matrix_of(texts, seconds)
    fraud: Fraud = find_fraud(matrix, Text().fit(matrix, "auto"))
    return {name: flags for name, flags in zip(texts, fraud.evidence, strict=True) if flags}


@pytest.fixture
def honest() -> dict[str, list[str]]:
    """Eight who mishear a word of eight, each by himself."""
    rng = np.random.default_rng(0)
    truth = [rng.choice(LEXICON, rng.integers(5, 12)).tolist() for _ in range(TASKS)]
    return {f"w{n}": [" ".join(heard(rng, words, 0.12)) for words in truth] for n in range(HONEST)}


def test_honest_workers_are_left_alone(honest: dict[str, list[str]]) -> None:
    assert found(honest) == {}


def test_who_copies_mistakes_and_all_is_flagged_with_whom(honest: dict[str, list[str]]) -> None:
    flags = found({**honest, "copier": list(honest["w0"])})

    assert set(flags) == {"w0", "copier"}
    evidence = flags["copier"]["copying"]
    assert (evidence["worker"], evidence["common"], evidence["ring_size"]) == (100, TASKS, 2)
    assert evidence["shared"] > 10 * evidence["expected"]
    assert [partner["worker"] for partner in flags["w0"]["copying"]["partners"]] == [108]


def test_who_writes_one_text_to_everything_or_nothing_is_flagged_with_it(honest: dict[str, list[str]]) -> None:
    flags = found({**honest, "bot": ["lorem ipsum"] * TASKS, "empty": [""] * TASKS})

    told = {name: evidence["constant"] for name, evidence in flags.items()}
    assert {name: (each["class"], each["given"]) for name, each in told.items()} == {
        "bot": ("lorem ipsum", TASKS),
        "empty": ("", TASKS),
    }


def test_nothing_to_write_is_no_fault_where_others_find_nothing_either(honest: dict[str, list[str]]) -> None:
    assert found({name: [""] * TASKS for name in honest}) == {}


def test_who_types_faster_than_anybody_can_is_flagged_and_who_writes_little_is_not(
    honest: dict[str, list[str]],
) -> None:
    short = [text.split()[0] for text in honest["w1"]]
    flags = found({**honest, "pasted": list(honest["w2"])[::-1], "short": short}, pasted=0.8, short=3.0)

    assert "too_fast" in flags["pasted"]
    assert "too_fast" not in flags.get("short", {})
