"""Gold from tables and by promotion, gold that may be wrong, and gold that is taken back."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from crowd.people.models import AuditEvent
from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from quality.consensus.ballots import fit_ballot, read_ballot
from quality.consensus.refreshes import refresh_project
from quality.gold import doubts as checks
from quality.gold.doubts import doubt_of_gold, store_doubts, suspect_gold
from quality.gold.training import move_to_training
from quality.models import Consensus, GoldAnswer, Standing, WorkerScore
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Task
from tests.cast import CHOICE, Api, worker_of

TASKS = 40
OTHER = {"yes": "no", "no": "yes"}
SCORED = ("responses", "reliability", "reliability_low", "reliability_high", "gold_right", "gold_seen", "confusion")


def truth(n: int) -> str:
    return "yes" if n % 3 == 0 else "no"


def votes_of(good: int, liars: int) -> Iterator[str]:
    """Good workers err now and then, each elsewhere; liars give the other answer as often."""
    for n in range(TASKS):
        for w in range(good + liars):
            errs = (n + 7 * w) % 17 == 0
            lies = w >= good
            yield f"t{n},{'liar' if lies else 'good'}{w},{OTHER[truth(n)] if errs != lies else truth(n)}"


def vote(alice: Api, slug: str, rows: Iterator[str]) -> None:
    body = "task,worker,answer\n" + "\n".join(rows)
    reply = alice("POST", f"/projects/{slug}/responses/import", body, content_type="text/csv")
    assert reply.status_code == 201, reply.content


def give(alice: Api, *golds: tuple[int, str], slug: str = "birds") -> None:
    for n, answer in golds:
        assert alice("PUT", f"/projects/{slug}/tasks/t{n}/gold", {"answer": answer}).status_code == 200


def doubts(project: Project) -> dict[str, float]:
    """The doubt of each piece of gold by the name of its task."""
    ballot = read_ballot(project)
    found = doubt_of_gold(ballot, fit_ballot(ballot, project.method))
    store_doubts(project, found)
    names = dict(Task.objects.filter(pk__in=found).values_list("pk", "external_id"))
    return {names[task_id]: doubt for task_id, doubt in found.items()}


@pytest.fixture
def crowd(project: Project, alice: Api) -> Project:
    """Forty tasks, five good workers, no gold yet."""
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"text": f"Bird {n}?"}) for n in range(TASKS)])
    vote(alice, "birds", votes_of(5, 0))
    return project


def test_gold_that_good_workers_contradict_is_suspect_and_no_other(crowd: Project, alice: Api) -> None:
    give(alice, *[(n, truth(n)) for n in range(10)], *[(n, OTHER[truth(n)]) for n in (11, 12)])
    found = doubts(crowd)
    assert {name for name, doubt in found.items() if doubt > 0.9} == {"t11", "t12"}
    assert all(doubt < 0.1 for name, doubt in found.items() if name not in {"t11", "t12"})
    assert set(suspect_gold(crowd).values_list("task__external_id", flat=True)) == {"t11", "t12"}


def test_liars_cast_no_doubt(project: Project, alice: Api) -> None:
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"n": n}) for n in range(TASKS)])
    vote(alice, "birds", votes_of(2, 5))
    give(alice, *[(n, truth(n)) for n in range(20)])
    assert max(doubts(project).values()) < 0.5


def test_wrong_gold_is_found_though_a_third_of_the_gold_is_wrong(crowd: Project, alice: Api) -> None:
    """Who follows the truth against so much of it looks bad, if one believes the gold."""
    wrong = {f"t{n}" for n in (9, 12, 15, 18)}
    give(alice, *[(n, OTHER[truth(n)] if f"t{n}" in wrong else truth(n)) for n in range(8, 20)])
    found = doubts(crowd)
    assert {name for name, doubt in found.items() if doubt > 0.9} == wrong


def test_a_workers_own_contradiction_is_not_held_against_the_worker(crowd: Project, alice: Api) -> None:
    """Three who have answered three tasks each: with the one in question they would look a third worse."""
    add_tasks(crowd, [TaskRecord(external_id=f"new{n}", data={"n": n}) for n in range(3)])
    rows = [f"new{n},few{w},{'no' if n == 2 else 'yes'}" for n in range(3) for w in range(3)]
    vote(alice, "birds", iter(rows))
    for n in range(3):
        alice("PUT", f"/projects/birds/tasks/new{n}/gold", {"answer": "yes"})
    ballot = read_ballot(crowd)
    fit = fit_ballot(ballot, "dawid-skene")
    found = doubt_of_gold(ballot, fit)
    assert found == pytest.approx(_one_by_one(ballot, fit), abs=1e-5)


def _one_by_one(ballot: Any, fit: Any) -> dict[int, float]:
    """The same by loops: all counts made anew for each task, without it."""
    c, gold_tasks = ballot.n_classes, np.flatnonzero(ballot.gold != -1).tolist()
    belief = {t: np.eye(c)[ballot.gold[t]] for t in gold_tasks}
    sure = (1 + 1 / c) / 2
    moderate = np.where(np.eye(c, dtype=bool), sure, (1 - sure) / (c - 1))
    answers = list(zip(ballot.task.tolist(), ballot.worker.tolist(), ballot.label.tolist(), strict=True))
    for _pass in range(checks.PASSES):
        after = {}
        for t in gold_tasks:
            counts = np.zeros((len(ballot.worker_ids), c, c))
            for task, worker, label in answers:
                if task != t:
                    counts[worker, :, label] += belief[task] if task in belief else fit.posterior[task]
            company = counts.sum(axis=0) + checks.BEGINNING * moderate
            company /= company.sum(axis=1, keepdims=True)
            score = np.where(np.arange(c) == ballot.gold[t], 1 - checks.WRONG_GOLD, checks.WRONG_GOLD / (c - 1))
            for worker, label in [(w, a) for task, w, a in answers if task == t]:
                given = counts[worker, :, label] + checks.COMPANY * company[:, label]
                score = score * given / (counts[worker].sum(axis=1) + checks.COMPANY)
            after[t] = score / score.sum()
        belief = after
    return {int(ballot.task_ids[t]): 1 - float(belief[t][ballot.gold[t]]) for t in gold_tasks}


def test_what_is_found_with_very_many_classes_is_the_same(
    crowd: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(alice, *[(n, truth(n)) for n in range(10)], (11, OTHER[truth(11)]))
    matrices = doubts(crowd)
    monkeypatch.setattr(checks, "LARGEST", 0)
    accuracies = doubts(crowd)
    assert {name: doubt > 0.9 for name, doubt in accuracies.items()} == {n: d > 0.9 for n, d in matrices.items()}
    assert accuracies["t11"] > 0.9


def test_a_reviewers_word_decides_how_doubtful_gold_is(crowd: Project, alice: Api) -> None:
    give(alice, (0, truth(0)), (1, OTHER[truth(1)]))
    alice("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": OTHER[truth(0)]})
    alice("PUT", "/projects/birds/tasks/t1/adjudication", {"answer": OTHER[truth(1)]})
    assert doubts(crowd) == {"t0": 1.0, "t1": 0.0}


def test_doubts_are_stored_where_they_differ_and_go_with_the_answers(crowd: Project, alice: Api) -> None:
    give(alice, (0, truth(0)), (1, OTHER[truth(1)]))
    ids = {name: Task.objects.get(external_id=name).pk for name in ("t0", "t1")}
    counts = [store_doubts(crowd, {ids["t0"]: 0.1, ids["t1"]: 0.95}) for _ in range(2)]
    assert counts == [2, 0]
    assert store_doubts(crowd, {ids["t1"]: 0.95}) == 1
    assert dict(GoldAnswer.objects.values_list("task__external_id", "doubt")) == {"t0": None, "t1": 0.95}


def suspects(alice: Api) -> list[str]:
    return [row["task"] for row in alice("GET", "/projects/birds/gold?suspect=1").json()["results"]]


def test_suspect_gold_is_listed_until_it_is_confirmed_or_corrected(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    give(alice, *[(n, truth(n)) for n in range(6)], *[(n, OTHER[truth(n)]) for n in (11, 12)])
    refreshed()
    doubts(crowd)
    before = suspects(alice)
    assert alice("PUT", "/projects/birds/tasks/t11/gold/confirmation").status_code == 204
    give(alice, (12, truth(12)))
    after = suspects(alice)
    doubts(crowd)
    assert (set(before), after, suspects(alice)) == ({"t11", "t12"}, [], [])
    rows = {row["task"]: row for row in alice("GET", "/projects/birds/gold").json()["results"]}
    assert (rows["t11"]["right"], rows["t11"]["seen"], rows["t11"]["suspect"]) == (0, 5, False)
    assert (rows["t12"]["right"], rows["t12"]["seen"], rows["t12"]["origin"]) == (5, 5, "given")


def test_pages_lead_through_gold_that_is_equally_doubtful(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    give(alice, *[(n, truth(n)) for n in range(7)])
    refreshed()
    GoldAnswer.objects.update(doubt=0.95)
    GoldAnswer.objects.filter(task__external_id="t3").update(doubt=0.99)
    path, seen = "/projects/birds/gold?suspect=1&limit=2", []
    while path:
        page = alice("GET", path).json()
        seen += [row["task"] for row in page["results"]]
        path = page["next"] and page["next"].partition("/api/v1")[2]
    assert (seen[0], sorted(seen)) == ("t3", [f"t{n}" for n in range(7)])


def test_two_answers_are_too_few_for_a_suspicion(crowd: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    add_tasks(crowd, [TaskRecord(external_id="few", data={"n": 1})])
    vote(alice, "birds", iter(["few,good0,no", "few,good1,no"]))
    alice("PUT", "/projects/birds/tasks/few/gold", {"answer": "yes"})
    refreshed()
    GoldAnswer.objects.update(doubt=0.99)
    assert suspects(alice) == []


def standing_of(slug: str) -> tuple[Any, Any]:
    """All that is believed of the workers and the tasks of a project, by name."""
    scores = WorkerScore.objects.filter(worker__project__slug=slug).order_by("worker__name")
    labels = Consensus.objects.filter(project__slug=slug).order_by("task__external_id")
    columns = ("task__external_id", "label", "confidence", "distribution", "state", "source")
    return list(scores.values("worker__name", *SCORED)), list(labels.values(*columns))


@pytest.mark.parametrize("mended", ["withdrawn", "corrected"])
def test_gold_that_is_taken_back_leaves_no_trace_in_any_score(crowd: Project, alice: Api, mended: str) -> None:
    """Beside a project where it never was."""
    quality = {"min_responses": 3, "max_responses": 5, "gold_rate": 0.0}
    clean = create_project(owner=alice.user, slug="clean", name="Clean", schema=CHOICE, quality=quality)
    add_tasks(clean, [TaskRecord(external_id=f"t{n}", data={"text": f"Bird {n}?"}) for n in range(TASKS)])
    vote(alice, "clean", votes_of(5, 0))
    give(alice, *[(n, truth(n)) for n in range(5)], slug="clean")
    give(alice, *[(n, truth(n)) for n in range(5)], (5, OTHER[truth(5)]), (6, OTHER[truth(6)]))
    refresh_project(crowd.pk)
    spoiled = standing_of("birds")
    if mended == "withdrawn":
        for n in (5, 6):
            alice("DELETE", f"/projects/birds/tasks/t{n}/gold")
    else:
        give(alice, (5, truth(5)), (6, truth(6)))
        give(alice, (5, truth(5)), (6, truth(6)), slug="clean")
    for project in (crowd, clean):
        refresh_project(project.pk)
    assert standing_of("birds") == standing_of("clean")
    assert spoiled[0] != standing_of("clean")[0]


def upload(alice: Api, text: str) -> Any:
    return alice("POST", "/projects/birds/gold", text, content_type="text/csv")


def test_gold_comes_from_a_table_and_the_same_table_changes_nothing(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    table = "task,answer,explanation\nt0,yes,Blue.\nt1,no,\n"
    first, revisions = upload(alice, table), list(Task.objects.order_by("pk").values_list("revision", flat=True))
    again = upload(alice, table)
    refreshed()
    labels = Consensus.objects.filter(source="gold").values_list("task__external_id", "label")
    assert (first.status_code, first.json()) == (201, {"created": 2, "changed": 0, "unchanged": 0})
    assert again.json() == {"created": 0, "changed": 0, "unchanged": 2}
    assert list(Task.objects.order_by("pk").values_list("revision", flat=True)) == revisions
    assert dict(labels) == {"t0": "yes", "t1": "no"}
    assert upload(alice, "task,answer\nt0,no\nt2,no\n").json() == {"created": 1, "changed": 1, "unchanged": 0}
    assert GoldAnswer.objects.get(task__external_id="t0").explanation == "Blue."
    assert AuditEvent.objects.filter(action="gold.imported").count() == 2


def test_a_table_leaves_training_where_it_is(crowd: Project, alice: Api) -> None:
    give(alice, (0, "yes"))
    move_to_training([Task.objects.get(external_id="t0").pk])
    upload(alice, "task,answer\nt0,no\n")
    gold = GoldAnswer.objects.select_related("task").get()
    assert (gold.answer, gold.training, gold.task.shelf) == ("no", True, "training")


@pytest.mark.parametrize(
    ("table", "line", "code"),
    [
        ("task,answer\nt0,yes\nt1,perhaps\n", 3, "invalid_answer"),
        ("task,answer\nt0,yes\nnone,yes\n", 3, "no_task"),
        ("task,answer\nt0,yes\nt0,no\n", 3, "repeated"),
        ("task,answer\nt0,yes\nt1\n", 3, "torn"),
        ("task,answer\n", 1, "empty"),
    ],
)
def test_a_table_with_a_fault_names_its_line_and_nothing_is_stored(
    crowd: Project, alice: Api, table: str, line: int, code: str
) -> None:
    reply = upload(alice, table)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_file")
    assert (reply.json()["errors"][0]["line"], reply.json()["errors"][0]["code"]) == (line, code)
    assert not GoldAnswer.objects.exists()


def per_class() -> Counter[str]:
    return Counter(GoldAnswer.objects.filter(origin="promoted").values_list("answer", flat=True))


def promote(alice: Api, count: int, seed: int = 0, sure: float = 0.9) -> dict[str, Any]:
    body = {"count": count, "min_confidence": sure, "seed": seed}
    made: dict[str, Any] = alice("POST", "/projects/birds/gold/promote", body).json()
    return made


def test_very_sure_labels_become_hidden_gold_evenly_over_the_classes(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    there = alice("GET", "/projects/birds/gold/candidates?min_confidence=0.9").json()
    made = promote(alice, 10)
    left = alice("GET", "/projects/birds/gold/candidates?min_confidence=0.9").json()
    assert made == {"promoted": 10, "per_class": {"yes": 5, "no": 5}}
    assert per_class() == Counter(yes=5, no=5)
    assert {name: there["per_class"][name] - n for name, n in made["per_class"].items()} == left["per_class"]
    for gold in GoldAnswer.objects.select_related("task"):
        answers = list(gold.task.responses.values_list("answer", flat=True))
        assert answers.count(gold.answer) == len(answers) == 5
        assert (gold.task.shelf, gold.training) == ("gold", False)
        assert gold.answer == truth(int(gold.task.external_id[1:]))


def test_the_same_seed_promotes_the_same_and_all_of_it_is_taken_back_at_once(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    give(alice, (0, truth(0)))
    chosen: list[set[str]] = []
    for seed in (1, 1, 2):
        promote(alice, 8, seed)
        chosen.append(set(GoldAnswer.objects.filter(origin="promoted").values_list("task__external_id", flat=True)))
        assert alice("DELETE", "/projects/birds/gold?origin=promoted").json() == {"withdrawn": 8}
        refreshed()
    assert chosen[0] == chosen[1] != chosen[2]
    assert list(GoldAnswer.objects.values_list("task__external_id", flat=True)) == ["t0"]
    assert Task.objects.filter(shelf="gold").count() == 1
    assert alice("DELETE", "/projects/birds/gold").status_code == 400


def test_nothing_is_promoted_on_the_word_of_few_or_of_doubtful_workers(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    before = sum(alice("GET", "/projects/birds/gold/candidates?min_confidence=0.5").json()["per_class"].values())
    workers = Membership.objects.filter(project=crowd, name__startswith="good").order_by("name")
    WorkerScore.objects.filter(worker=workers[0]).update(flags=["worse_than_chance"])
    for worker in workers[1:3]:
        Standing.objects.update_or_create(worker=worker, defaults={"verdict": "unreliable"})
    assert before > 0
    assert promote(alice, 10, sure=0.5) == {"promoted": 0, "per_class": {}}


def test_what_stands_only_for_votes_is_never_promoted(
    project: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    vote(alice, "birds", votes_of(5, 0))
    refreshed()
    assert alice("GET", "/projects/birds/gold/candidates?min_confidence=0.5").json()["per_class"] == {}


def test_promoted_gold_is_shown_to_those_who_have_not_answered_it(
    crowd: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    add_tasks(crowd, [TaskRecord(external_id=f"new{n}", data={"text": f"New {n}?"}) for n in range(20)])
    Project.objects.update(gold_rate=0.5)
    promote(alice, 10)
    leased = bob("POST", "/projects/birds/assignments", {"count": 10}).json()["assignments"]
    texts = set(GoldAnswer.objects.values_list("task__data__text", flat=True))
    assert {each["data"]["text"] for each in leased} & texts
    assert worker_of(bob, crowd).role == Role.WORKER


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "gold", None),
    ("POST", "gold", "task,answer\nt0,yes\n"),
    ("DELETE", "gold?origin=promoted", None),
    ("GET", "gold/candidates", None),
    ("POST", "gold/promote", {"count": 1}),
    ("PUT", "tasks/t0/gold", {"answer": "yes"}),
    ("PUT", "tasks/t0/gold/confirmation", None),
    ("DELETE", "tasks/t0/gold", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_gold_is_for_managers(
    tasks: Project, bob: Api, charlie: Api, new_worker: Callable[[], Api], method: str, path: str, body: Any
) -> None:
    reviewer = new_worker()
    Membership.objects.filter(user=reviewer.user).update(role=Role.REVIEWER)
    kind = "text/csv" if isinstance(body, str) else "application/json"
    replies = [api(method, f"/projects/birds/{path}", body, content_type=kind) for api in (bob, reviewer, charlie)]
    assert [reply.json()["code"] for reply in replies] == ["role_required", "role_required", "project_not_found"]


def test_a_table_is_read_as_a_spreadsheet_writes_it(tasks: Project, alice: Api) -> None:
    body = io.BytesIO("\ufefftask,answer\r\nt0,yes\r\n".encode()).getvalue()
    assert upload(alice, body.decode()).json()["created"] == 1
