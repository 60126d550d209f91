"""Public sets of votes with known answers, kept outside the project because not all of them may be
copied."""

import csv
from pathlib import Path

import pytest

from quality.aggregation import Coding, Votes, encode_votes

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "datasets"


def votes_file(name: str) -> Path:
    """The set's votes; skips the test where the sets are not at hand."""
    path = FOLDER / name / "labels.csv"
    if not path.exists():
        pytest.skip("the public sets of votes are not at hand, so nothing was held against real crowds")
    return path


def read_votes(name: str) -> tuple[Votes, Coding]:
    with votes_file(name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    return encode_votes(*([row[column] for row in rows] for column in ("task", "worker", "label")))


def read_gold(name: str) -> dict[str, str]:
    with (FOLDER / name / "gold.csv").open(newline="") as file:
        return {row["task"]: row["label"] for row in csv.DictReader(file)}
