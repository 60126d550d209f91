"""Whatever is done with one piece of gold leaves all other gold and every other task as they were,
in this project and in others."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Project
from crowd.projects.ownership import create_project
from quality.gold.giving import correct_gold
from quality.models import GoldAnswer
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Task
from tests.cast import CHOICE, Api
from tests.quality.gold.crowd import OTHER, truth, vote, votes_of
from tests.quality.gold.test_promotion import promote

SLUGS = ("birds", "nests")
RIGHT, WRONG = truth(0), OTHER[truth(0)]


def of_task(path: str, slug: str = "birds", name: str = "t0") -> str:
    return f"/projects/{slug}/tasks/{name}/{path}"


def put_gold(alice: Api, name: str, slug: str = "birds", **gold: Any) -> None:
    assert alice("PUT", of_task("gold", slug, name), {"answer": truth(int(name[1:])), **gold}).status_code == 200


def confirm(alice: Api, name: str) -> None:
    assert alice("PUT", of_task("gold/confirmation", name=name)).status_code == 204


def withdraw(alice: Api, path: str) -> None:
    assert alice("DELETE", path).status_code < 300


def correct(alice: Api, answer: str) -> None:
    correct_gold(task=Task.objects.get(project__slug="birds", external_id="t0"), actor=alice.user, answer=answer)


def upload(alice: Api, row: str) -> None:
    table = f"task,answer\n{row}\n"
    assert alice("POST", "/projects/birds/gold", table, content_type="text/csv").status_code == 201


def decide(alice: Api, **decision: Any) -> None:
    assert alice("PUT", of_task("adjudication"), {"answer": WRONG, **decision}).status_code == 200


DONE: dict[str, list[Callable[[Api], Any]]] = {
    "given": [lambda alice: put_gold(alice, "t0")],
    "given for training": [lambda alice: put_gold(alice, "t0", training=True)],
    "moved into training and out of it": [
        lambda alice: put_gold(alice, "t0", training=True),
        lambda alice: put_gold(alice, "t0"),
    ],
    "given another answer": [
        lambda alice: put_gold(alice, "t0"),
        lambda alice: put_gold(alice, "t0", answer=WRONG, explanation="Grey."),
    ],
    "corrected": [lambda alice: put_gold(alice, "t0"), lambda alice: correct(alice, WRONG)],
    "confirmed": [lambda alice: put_gold(alice, "t0"), lambda alice: confirm(alice, "t0")],
    "withdrawn": [lambda alice: put_gold(alice, "t0"), lambda alice: withdraw(alice, of_task("gold"))],
    "withdrawn from training": [
        lambda alice: put_gold(alice, "t0", training=True),
        lambda alice: withdraw(alice, of_task("gold")),
    ],
    "in a table": [lambda alice: upload(alice, f"t0,{RIGHT}"), lambda alice: upload(alice, f"t0,{WRONG}")],
    "decided": [decide, lambda alice: withdraw(alice, of_task("adjudication"))],
    "decided as gold": [
        lambda alice: decide(alice, gold=True),
        lambda alice: withdraw(alice, of_task("adjudication")),
    ],
}


@pytest.fixture
def golden(crowd: Project, alice: Api, bob: Api, refreshed: Callable[[], None]) -> None:
    """Two projects with gold of every origin and in every place, some of it doubted or confirmed,
    with training that a worker has answered, and with a decision."""
    nests = create_project(owner=alice.user, slug="nests", name="Nests", schema=CHOICE)
    add_tasks(nests, [TaskRecord(external_id=f"t{n}", data={"text": f"Nest {n}?"}) for n in range(40)])
    vote(alice, "nests", votes_of(5, 0))
    refreshed()
    Project.objects.update(training_tasks=2)
    for slug in SLUGS:
        put_gold(alice, "t1", slug, explanation="Blue.")
        put_gold(alice, "t2", slug, training=True)
        put_gold(alice, "t3", slug, training=True)
        put_gold(alice, "t4", slug)
        alice("PUT", of_task("adjudication", slug, "t5"), {"answer": "yes"})
    for _ in range(2):
        (lease,) = bob("POST", "/projects/birds/assignments", {"count": 1}).json()["assignments"]
        bob("PUT", f"/assignments/{lease['token']}/response", {"answer": "yes"})
    GoldAnswer.objects.filter(task__external_id__in=["t1", "t4"]).update(doubt=0.97)
    confirm(alice, "t4")


def all_but(alice: Api, *names: str) -> dict[str, Any]:
    """What is said of gold, labels and tasks, besides these tasks of birds."""
    said: dict[str, Any] = {}
    for slug in SLUGS:
        for list_name in ("gold", "labels"):
            rows = alice("GET", f"/projects/{slug}/{list_name}?limit=100").json()["results"]
            said[f"{slug}, {list_name}"] = [
                row for row in rows if (slug, row["task"]) not in {("birds", n) for n in names}
            ]
    tasks = Task.objects.exclude(project__slug="birds", external_id__in=names).order_by("pk")
    golds = GoldAnswer.objects.exclude(task__project__slug="birds", task__external_id__in=names).order_by("pk")
    return said | {"tasks": list(tasks.values()), "gold": list(golds.values())}


@pytest.mark.parametrize("what", DONE)
def test_one_piece_of_gold(golden: None, alice: Api, what: str) -> None:
    before = all_but(alice, "t0")
    for do in DONE[what]:
        do(alice)
        assert all_but(alice, "t0") == before


def test_what_is_promoted_and_taken_back(golden: None, alice: Api) -> None:
    before = all_but(alice)
    golds = set(GoldAnswer.objects.values_list("pk", flat=True))
    made = promote(alice, 3)["promoted"]
    names = GoldAnswer.objects.exclude(pk__in=golds).values_list("task__external_id", flat=True)
    while_gold = all_but(alice, *names)
    alice("DELETE", "/projects/nests/gold?origin=promoted")
    still = GoldAnswer.objects.filter(origin="promoted").count()
    withdrawn = alice("DELETE", "/projects/birds/gold?origin=promoted").json()

    assert (made, still, withdrawn) == (3, 3, {"withdrawn": 3})
    after = all_but(alice)
    assert [after[name] for name in ("gold", "birds, gold", "nests, labels", "nests, gold")] == [
        before[name] for name in ("gold", "birds, gold", "nests, labels", "nests, gold")
    ]
    assert len(while_gold["tasks"]) == len(before["tasks"]) - 3
    assert [row["purpose"] for row in after["tasks"]] == [row["purpose"] for row in before["tasks"]]
