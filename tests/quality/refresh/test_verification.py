"""`verify_consensus`: stored labels are those of a fit from scratch, and it says so when they are
not."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crowd.projects.models import Project
from quality.models import Consensus
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from tests.cast import Api
from tests.quality.refresh.test_scheduling import vote


def verified(*projects: str) -> str:
    said = StringIO()
    call_command("verify_consensus", *projects, stdout=said)
    return said.getvalue()


def test_labels_that_came_bit_by_bit_are_those_of_a_fit_from_scratch(tasks: Project, alice: Api) -> None:
    for n in range(10):
        for worker in ("a", "b", "c"):
            vote(alice, f"t{n} {worker} {'yes' if n % 3 or worker == 'c' else 'no'}")
            keep_up(tasks)
        if n == 5:
            refresh_project(tasks.pk)
    alice("PUT", "/projects/birds/tasks/t4/adjudication", {"answer": "no"})
    alice("PUT", "/projects/birds/tasks/t5/gold", {"answer": "no"})
    assert verified() == "birds: every label is what the answers say\n"
    assert Consensus.objects.count() == 10


@pytest.mark.parametrize("change", [{"label": "no"}, {"confidence": 0.7500000001}, {"responses": 4}, None])
def test_a_label_that_somebody_changed_by_hand_is_found(
    tasks: Project, alice: Api, change: dict[str, object] | None
) -> None:
    vote(alice, "t0 a yes", "t0 b yes", "t0 c no", "t1 a yes", "t1 b yes", "t1 c yes")
    refresh_project(tasks.pk)
    label = Consensus.objects.filter(task__external_id="t1")
    label.update(**change) if change else label.delete()
    said = StringIO()
    with pytest.raises(CommandError, match="1 labels are not"):
        call_command("verify_consensus", "birds", stdout=said)
    assert said.getvalue() == "birds: 1 labels differ: t1\n"
    call_command("verify_consensus", "--mend", stdout=said)
    assert verified() == "birds: every label is what the answers say\n"


def test_a_project_that_is_not_there_is_named(tasks: Project) -> None:
    with pytest.raises(CommandError, match="There is no project dogs"):
        verified("dogs")
