"""Answers that look dishonest, from rows to evidence: four classes, sixteen honest workers and some
who are not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from crowd.projects.models import Membership, Project
from quality.answers.matrix import read_matrix
from quality.fraud import recent
from quality.fraud.behaviour import LEVEL
from quality.fraud.finding import Fraud, find_fraud
from quality.kinds.choice.service import Choice
from quality.models import Summary
from quality.refresh.scheduling import refresh_project
from tasks.models import PreLabel, Task
from tests.cast import Api
from tests.quality.fraud.crowd import EACH, HONEST, TASKS, Answer, Crowd, stored


@pytest.fixture
def find(alice: Api) -> Callable[..., tuple[dict[str, dict[str, Any]], Fraud]]:
    """Stores answers as rows of a new project, and says what is found: evidence by the name of the
    worker."""
    numbers = iter(range(100))

    def found(answers: Sequence[Answer], gold: dict[int, int] | None = None) -> tuple[dict[str, dict[str, Any]], Fraud]:
        project = stored(alice, f"crowd{next(numbers)}", answers, gold or {})
        matrix = read_matrix(project)
        fraud = find_fraud(matrix, Choice().fit(matrix, "dawid-skene"))
        names = {each.pk: str(each.name) for each in Membership.objects.filter(project=project)}
        return {names[key]: flags for key, flags in zip(matrix.worker_ids.tolist(), fraud.evidence, strict=True)}, fraud

    return found


def accused(found: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, flags in found.items() if flags}


Find = Callable[..., tuple[dict[str, dict[str, Any]], Fraud]]


def test_who_gives_one_class_to_everything_is_flagged_with_that_class(find: Find) -> None:
    crowd = Crowd()
    crowd.add("bot", lambda task: 2)
    found, _fraud = find(crowd.answers)
    evidence = found["bot"]["constant"]
    assert (evidence["class"], evidence["given"], evidence["answers"]) == (2, EACH, EACH)
    assert 3 < evidence["expected"] < 15
    assert evidence["q"] <= LEVEL
    assert accused(found) == {"bot"}


def test_who_alternates_is_flagged_with_the_period(find: Find) -> None:
    crowd = Crowd()
    turns = iter(range(EACH))
    crowd.add("bot", lambda task: next(turns) % 2)
    found, _fraud = find(crowd.answers)
    assert {**found["bot"]["pattern"], "expected": 0, "q": 0} == {
        "q": 0,
        "period": 2,
        "repeated": EACH - 2,
        "expected": 0,
        "answers": EACH,
    }
    assert found["bot"]["pattern"]["expected"] < EACH - 10
    assert accused(found) == {"bot"}


def test_who_guesses_is_flagged_with_how_little_they_know(find: Find) -> None:
    crowd = Crowd()
    crowd.add("bot", lambda task: int(crowd.rng.integers(4)))
    found, _fraud = find(crowd.answers)
    evidence = found["bot"]["guessing"]
    assert evidence["low"] <= evidence["knowledge"] <= min(evidence["high"], 0.3)
    assert accused(found) == {"bot"}


def test_who_takes_a_tenth_of_the_others_time_is_flagged_though_the_answers_are_good(find: Find) -> None:
    crowd = Crowd()
    crowd.add("hasty", crowd.seen, seconds=0.7)
    crowd.add("brisk", crowd.seen, seconds=5.0)
    found, fraud = find(crowd.answers)
    assert found["hasty"]["too_fast"]["pace"] == pytest.approx(0.1, abs=0.03)
    assert found["hasty"]["too_fast"]["answers"] == EACH
    assert accused(found) == {"hasty"}
    assert fraud.alarm == {}


def test_who_is_always_wrong_is_worse_than_chance(find: Find) -> None:
    crowd = Crowd()
    crowd.add("contrary", lambda task: (crowd.truth[task] + 1) % 4)
    found, _fraud = find(crowd.answers)
    evidence = found["contrary"]["worse_than_chance"]
    assert evidence["right"] < 2
    assert (evidence["seen"], evidence["chance"]) == (EACH, 0.25)


def test_few_answers_accuse_nobody_of_a_habit(find: Find) -> None:
    crowd = Crowd()
    crowd.add("newcomer", lambda task: 2, tasks=range(9), seconds=0.3)
    found, _fraud = find(crowd.answers)
    assert found["newcomer"].keys() <= {"worse_than_chance"}
    crowd.add("newcomer", lambda task: 2, tasks=range(9, 30), seconds=0.3)
    assert {"constant", "too_fast"} <= find(crowd.answers)[0]["newcomer"].keys()


def with_ring(fidelity: float) -> Crowd:
    """Three who answer 80 tasks as one source does, of accuracy 0.7; else as they see them."""
    crowd = Crowd()
    source = np.where(crowd.rng.random(TASKS) < 0.7, crowd.truth, crowd.wrong)
    for name in ("ring0", "ring1", "ring2"):
        crowd.add(name, lambda t: source[t] if crowd.rng.random() < fidelity else crowd.seen(t), tasks=range(80))
    return crowd


def test_copiers_are_flagged_with_their_partners_and_mistakes(find: Find) -> None:
    crowd = with_ring(fidelity=0.75)
    found, _fraud = find(crowd.answers)
    keys = dict(Membership.objects.filter(name__startswith="ring").values_list("name", "pk"))
    answers = {(each.worker, each.task): each.label for each in crowd.answers}
    both = [answers["ring0", t] for t in range(80) if answers["ring0", t] == answers["ring1", t] != crowd.truth[t]]
    evidence = found["ring0"]["copying"]
    partners = {each["worker"]: each for each in evidence["partners"]}
    assert accused(found) == {"ring0", "ring1", "ring2"}
    assert partners.keys() == {keys["ring1"], keys["ring2"]}
    assert partners[keys["ring1"]]["shared"] == pytest.approx(len(both), abs=3)
    assert partners[keys["ring1"]]["expected"] < len(both) / 2
    assert (partners[keys["ring1"]]["common"], evidence["ring_size"]) == (80, 3)
    assert sorted(evidence["ring"]) == sorted(keys.values())
    assert "one_source" not in found["ring0"]


def test_who_agree_on_wrong_answers_are_a_ring_though_of_two_classes_half_would_agree_by_chance(find: Find) -> None:
    crowd = Crowd(classes=2)
    for task in range(TASKS):
        for colluder in crowd.rng.choice(5, 3, replace=False):
            crowd.add(f"colluder{colluder}", lambda task: crowd.wrong[task], tasks=[task])
    found, _fraud = find(crowd.answers)
    assert accused(found) == {f"colluder{n}" for n in range(5)}
    for flags in found.values():
        assert not flags or flags["copying"]["shared"] < 2 * flags["copying"]["expected"]


def test_accounts_that_always_answer_alike_are_said_to_act_as_one(find: Find) -> None:
    found, _fraud = find(with_ring(fidelity=1.0).answers)
    evidence = found["ring2"]["one_source"]
    assert (evidence["alike"], evidence["common"], len(evidence["partners"])) == (80, 80, 2)
    assert evidence["rhythm"] == pytest.approx(0, abs=0.4)


def test_who_follows_a_model_is_not_said_to_copy_from_others_who_do(alice: Api) -> None:
    crowd = with_ring(fidelity=1.0)
    project = stored(alice, "models", crowd.answers, {})
    source = {each.task: each.label for each in crowd.answers if each.worker == "ring0"}
    tasks = list(Task.objects.for_project(project).order_by("pk"))
    PreLabel.objects.bulk_create(
        PreLabel(task=tasks[n], model="m", prediction=[[label, 1.0]]) for n, label in source.items()
    )
    Project.objects.filter(pk=project.pk).update(prelabels_vote=True)
    project.refresh_from_db()
    matrix = read_matrix(project)
    fraud = find_fraud(matrix, Choice().fit(matrix, "dawid-skene"))
    assert matrix.machine.sum() == 1
    assert not any({"copying", "one_source"} & flags.keys() for flags in fraud.evidence)
    assert fraud.evidence[int(np.flatnonzero(matrix.machine)[0])] == {}


def test_honest_workers_are_left_alone(find: Find) -> None:
    found = [flags for seed in range(5) for flags in find(Crowd(seed).answers)[0].values()]
    assert len(found) == 5 * HONEST
    assert sum(bool(flags) for flags in found) <= 1


def test_the_order_of_arrival_changes_nothing(find: Find) -> None:
    crowd = with_ring(fidelity=0.95)
    crowd.add("bot", lambda task: 1)
    turns = iter(range(EACH))
    crowd.add("cycle", lambda task: next(turns) % 3)
    one, other = (unnamed(find(answers)[0]) for answers in (crowd.answers, crowd.shuffled()))
    assert one == other
    assert {"bot", "cycle", "ring0"} <= {name for name, flags in one.items() if flags}


def unnamed(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Evidence with the names of partners instead of their keys, which differ between projects."""
    names = {each.pk: each.display_name for each in Membership.objects.select_related("user")}

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                field: sorted(names[key] for key in part) if field == "ring" else told(part)
                for field, part in value.items()
            } | ({"worker": names[value["worker"]]} if "worker" in value else {})
        return [told(part) for part in value] if isinstance(value, list) else value

    return {name: told(flags) for name, flags in found.items()}


@pytest.mark.parametrize(("bots", "raised"), [(7, False), (13, True)])
def test_the_alarm_is_raised_when_more_than_two_in_five_look_adversarial(find: Find, bots: int, raised: bool) -> None:
    """Of 23 workers 30%, of 29 workers 45%."""
    crowd = Crowd()
    for bot in range(bots):
        step = 1 + bot % 3
        crowd.add(f"bot{bot}", ((crowd.truth + step) % 4).__getitem__)
    found, fraud = find(crowd.answers)
    assert accused(found) >= {f"bot{bot}" for bot in range(bots)}
    expected = {
        "adversarial": bots,
        "workers": HONEST + bots,
        "share": pytest.approx(bots / (HONEST + bots), abs=0.001),
    }
    assert fraud.alarm == (expected if raised else {})


def test_the_alarm_ends_with_the_answers_that_raised_it(alice: Api) -> None:
    crowd = Crowd()
    for bot in range(13):
        crowd.add(f"bot{bot}", ((crowd.truth + 1 + bot % 3) % 4).__getitem__)
    project = stored(alice, "birds", crowd.answers, {})
    refresh_project(project.pk)
    raised = Summary.objects.get().alarm
    for each in Membership.objects.filter(project=project, name__startswith="bot"):
        alice("POST", f"/projects/birds/workers/{each.pk}/void")
    refresh_project(project.pk)
    assert raised == {"adversarial": 13, "workers": HONEST + 13, "share": pytest.approx(0.448)}
    assert Summary.objects.get().alarm == {}


def test_many_who_are_quick_and_right_are_said_to_be_quick_and_raise_no_alarm(find: Find) -> None:
    crowd = Crowd()
    quick = {f"quick{number}" for number in range(13)}
    for worker in sorted(quick):
        crowd.add(worker, crowd.seen, seconds=0.7)
    found, fraud = find(crowd.answers)
    assert {name for name, flags in found.items() if "too_fast" in flags} == quick
    assert fraud.alarm == {}


def test_who_takes_three_fifths_of_the_time_is_honest_however_sure_that_is(find: Find) -> None:
    crowd = Crowd()
    crowd.add("brisk", crowd.seen, tasks=range(TASKS), seconds=4.2)
    assert accused(find(crowd.answers)[0]) == set()


def test_who_gets_the_quick_tasks_is_not_too_fast(find: Find) -> None:
    """One task in six takes everybody a tenth of the time."""
    crowd = Crowd()
    crowd.add("lucky", crowd.seen, tasks=range(0, TASKS, 6))
    crowd.answers = [replace(each, seconds=each.seconds / (10 if each.task % 6 == 0 else 1)) for each in crowd.answers]
    assert accused(find(crowd.answers)[0]) == set()


def test_gold_tells_which_camp_is_dishonest_where_the_dishonest_are_the_most(find: Find) -> None:
    """Ten agree on a wrong answer of each task; without gold they are the consensus."""
    crowd = Crowd(honest=8)
    for number in range(10):
        crowd.add(f"liar{number}", lambda task: crowd.wrong[task], tasks=range(TASKS))
    gold = {task: int(crowd.truth[task]) for task in range(0, TASKS, 10)}
    found, fraud = find(crowd.answers, gold)
    assert fraud.alarm == {"adversarial": 10, "workers": 18, "share": pytest.approx(0.556)}
    assert all("worse_than_chance" in flags for name, flags in found.items() if name.startswith("liar"))
    assert not any("worse_than_chance" in flags for name, flags in found.items() if name.startswith("honest"))


def test_what_was_done_long_ago_is_forgiven(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd()
    crowd.add("changed", lambda task: 2, tasks=range(30))
    crowd.add("changed", crowd.seen, tasks=range(30, 110))
    before = find(crowd.answers)[0]["changed"]
    monkeypatch.setattr(recent, "MOST", 70)
    now = find(crowd.answers)[0]["changed"]
    assert now == {}
    assert before.keys() <= {"constant", "guessing", "pattern"}


def test_hundreds_of_classes_are_looked_at_as_the_frequent_ones_and_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    told, codes = recent._told_apart(np.array([7] * 5 + [300] * 4 + list(range(100, 140))), 1000)
    assert len(told) == recent.CLASSES
    assert told[-1] == recent.RARE
    assert {7, 300} <= set(told.tolist())
    assert codes[999] == codes[500] == recent.CLASSES - 1
    merged = recent._merged(np.full((2, 1000), 0.001), told)
    assert merged.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert merged[0, -1] == pytest.approx(1 - 0.001 * (recent.CLASSES - 1))


def test_a_project_without_answers_has_nothing_to_find(find: Find) -> None:
    assert find([], {0: 1}) == ({}, Fraud([], {}))
