from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.quality.cli.conftest import Run
from tests.quality.cli.examples import read


def write(folder: Path, **columns: Any) -> None:
    pq.write_table(pa.table(columns), folder / "votes.parquet")


def test_cells_that_a_method_leaves_empty_are_null(run: Run, folder: Path):
    write(folder, task=["1", "1"], worker=["a", "b"], label=["x", "x"])

    run("aggregate", "votes.parquet", "--method", "majority", "--json", "--workers", "workers.parquet")

    assert [row["accuracy"] for row in read(folder / "workers.parquet")] == [None, None]
    assert pq.read_schema(folder / "workers.parquet").field("accuracy").type == pa.float64()


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.int8(), pa.string(), pa.large_string()])
def test_numbers_may_be_of_any_type(run: Run, folder: Path, kind: pa.DataType):
    values = ["5", "7"] if kind in {pa.string(), pa.large_string()} else [5, 7]
    write(folder, task=[1, 2], worker=["a", "b"], label=pa.array(values, kind))

    finished = run("aggregate", "votes.parquet", "--type", "number", "--method", "mean")

    assert [float(line.split(",")[1]) for line in finished.out.splitlines()[1:]] == [5, 7]


def test_names_may_be_dictionaries_with_rows_left_empty(run: Run, folder: Path):
    labels = pa.array(["x", None, "x"]).dictionary_encode()
    write(folder, task=[1, 1, 2], worker=["a", "b", "a"], label=labels)

    finished = run("aggregate", "votes.parquet", "--type", "choices", "--json")

    assert (finished.status, finished.json["classes"]) == (0, ["x"])


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        (pa.array([1.5, 2.0]), "votes.parquet: the label is of type double; text and whole numbers are names"),
        (pa.array(["x", None]), "votes.parquet: row 2: the label is empty"),
        (pa.array(["x", " "]), "votes.parquet: row 2: the label is empty"),
        (pa.array([["x"], ["y"]]), "votes.parquet: the label is of type list<"),
    ],
)
def test_cells_that_are_no_names_are_refused(run: Run, folder: Path, label: pa.Array, problem: str):
    write(folder, task=[1, 2], worker=["a", "b"], label=label)

    finished = run("aggregate", "votes.parquet")

    assert (finished.status, finished.out) == (2, "")
    assert finished.err.startswith(problem)


def test_a_number_that_is_none_names_its_row(run: Run, folder: Path):
    write(folder, task=[1, 2], worker=["a", "b"], label=[1.5, float("nan")])

    finished = run("aggregate", "votes.parquet", "--type", "number")

    assert (finished.status, finished.err) == (2, "votes.parquet:2: 'nan' is not a number\n")
