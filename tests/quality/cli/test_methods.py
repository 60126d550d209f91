import pytest

from quality.aggregation import METHODS
from quality.kinds import KINDS, load
from tests.quality.cli.conftest import Run


def test_methods_of_every_type_stand_under_its_name(run: Run):
    text, listed = run("methods").out, run("methods", "--json").json

    assert [line.split(":")[0] for line in text.splitlines() if line and not line.startswith(" ")] == list(KINDS)
    assert list(listed) == list(KINDS)
    assert listed["choice"]["majority"] == METHODS["majority"].description


@pytest.mark.parametrize("kind", KINDS)
def test_methods_of_one_type_are_listed_with_what_they_do(run: Run, kind: str):
    lines = run("methods", "--type", kind).out.splitlines()
    described = {name: method.description for name, method in load(kind).methods.items()}

    assert [line.split()[0] for line in lines] == list(described)
    assert run("methods", "--type", kind, "--json").json == described


def test_a_method_of_another_type_is_refused_with_those_of_this_one(run: Run):
    finished = run("aggregate", "-", "--type", "number", "--method", "majority", stdin=b"task,worker,label\n1,a,2\n")

    assert (finished.status, finished.out) == (2, "")
    assert finished.err == (
        "argument --method: type number has no method 'majority' "
        "(choose from auto, weighted-mean, gaussian, catd, pm, mean, median)\n"
    )
