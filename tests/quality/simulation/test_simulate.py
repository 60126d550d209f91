"""Simulated workers are what they are said to be, and the same whenever the seed is."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from crowd.projects.answer_kinds import shown_of
from crowd.projects.classes import numbered
from crowd.projects.models import Membership, Project
from quality.kinds.simulated import RIGHT, Counted, matrix_of
from quality.refresh.scheduling import refresh_project
from quality.simulation.driver import Plan, run
from quality.simulation.outcome import found_of, majority_of
from quality.simulation.profiles import PROFILES
from quality.simulation.workers import DEFAULT_CROWD, SimulatedWorker, counted_profiles, crowd
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response, Task
from tests.cast import CHOICE

TASKS = [f"t{n}" for n in range(2000)]


def truth_of(task: str, n_classes: int) -> int:
    return int(task[1:]) % n_classes


def answers(worker: Any, tasks: Iterable[str] = TASKS) -> list[int]:
    truths = [(task, truth_of(task, n_classes(worker))) for task in tasks]
    return [worker.answer(task, truth, given) for given, (task, truth) in enumerate(truths)]


def n_classes(worker: SimulatedWorker) -> int:
    assert isinstance(worker.answers, Counted)
    return len(worker.answers.codes)


def right(worker: SimulatedWorker) -> list[bool]:
    return [each == truth_of(task, n_classes(worker)) for task, each in zip(TASKS, answers(worker), strict=True)]


@pytest.mark.parametrize("kind", [kind for kind in PROFILES if kind != "alternating"])
def test_an_answer_depends_on_seed_worker_and_task_alone(kind: str) -> None:
    one, same = (crowd(["good", kind, kind], Counted(range(4)), seed=7)[1] for _ in range(2))
    other = crowd(["good", kind, kind], Counted(range(4)), seed=8)[1]

    backwards = [same.answer(task, truth_of(task, 4), given=3) for task in reversed(TASKS)][::-1]

    assert answers(one) == backwards
    assert set(answers(one)) <= {0, 1, 2, 3}
    assert (answers(one) == answers(other)) == (kind == "constant" and one.answer("t0", 0) == other.answer("t0", 0))


@pytest.mark.parametrize("n_classes", [2, 3, 10])
@pytest.mark.parametrize("kind", [*RIGHT, "spammer"])
def test_those_who_mean_well_are_right_as_often_as_they_are_said_to(kind: str, n_classes: int) -> None:
    (worker,) = crowd([kind], Counted(range(n_classes)))

    confusion = matrix_of(kind, n_classes)
    expected = float(np.mean(np.diag(confusion)))

    assert confusion.sum(axis=1) == pytest.approx(np.ones(n_classes))
    assert np.mean(right(worker)) == pytest.approx(expected, abs=4 * (0.25 / len(TASKS)) ** 0.5)
    if kind in RIGHT and kind != "biased":
        assert expected == pytest.approx(RIGHT[kind])


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_poisoners_are_always_wrong_and_always_agree(n_classes: int) -> None:
    poisoners = crowd(["poisoner"] * 3, Counted(range(n_classes)))

    assert not any(right(poisoners[0]))
    assert answers(poisoners[0]) == answers(poisoners[1]) == answers(poisoners[2])
    assert set(answers(poisoners[0])) == set(range(n_classes))


def test_colluders_are_wrong_together_on_about_half_of_the_tasks_and_good_on_the_others() -> None:
    colluders = crowd(["colluder"] * 4, Counted(range(10)))
    given = np.array([answers(each) for each in colluders])
    truth = np.array([truth_of(task, 10) for task in TASKS])
    together = (given == given[0]).all(axis=0) & (given[0] != truth)

    assert together.mean() == pytest.approx(0.5, abs=0.05)
    assert (given[:, ~together] == truth[~together]).mean() == pytest.approx(RIGHT["good"], abs=0.03)


def test_who_poisons_some_classes_is_good_on_the_others() -> None:
    (worker,) = crowd(["targeted"], Counted(range(6)))
    by_class = np.array(right(worker), dtype=float)[: 6 * 333].reshape(-1, 6).mean(axis=0)

    assert by_class[:2].tolist() == [0.0, 0.0]
    assert by_class[2:].mean() == pytest.approx(RIGHT["good"], abs=0.03)


def test_copiers_give_what_another_gives_mistakes_and_all() -> None:
    copiers = crowd(["expert", "copier", "sloppy", "good", "copier"], Counted(range(4)))
    alone = crowd(["copier", "copier"], Counted(range(4)))

    assert answers(copiers[1]) == answers(copiers[4]) == answers(copiers[2])
    assert answers(alone[0]) == answers(alone[1])


def test_some_do_not_look_at_the_task() -> None:
    constant, alternating = crowd(["constant", "alternating"], Counted(range(3)))
    turns = answers(alternating)

    assert len(set(answers(constant))) == 1
    assert turns == [(turns[0] + n) % 3 for n in range(len(turns))]


def test_only_the_fast_are_faster_than_anybody_can_read() -> None:
    fast, good = crowd(["fast", "good"], Counted(range(3)))
    seconds = [[worker.seconds(task, pace) for task in TASKS] for worker, pace in ((fast, 0), (good, 0), (good, 0.5))]

    assert max(seconds[0]) <= 0.5
    assert np.mean(seconds[1]) == pytest.approx(4, rel=0.1)
    assert np.mean(seconds[2]) == pytest.approx(0.5, rel=0.1)


def test_kinds_are_asked_for_by_number() -> None:
    assert counted_profiles(["good:2", "poisoner"]) == ["good", "good", "poisoner"]
    assert counted_profiles(DEFAULT_CROWD) == list(DEFAULT_CROWD)
    assert [worker.name for worker in crowd(["good", "poisoner", "good"], Counted(range(2)))] == [
        "good-1",
        "poisoner-1",
        "good-2",
    ]


@pytest.mark.parametrize("word", ["goods", "good:", "good:x", "good:0", "good:-1", "good:1001", ""])
def test_a_crowd_that_makes_no_sense_is_refused_by_name(project: Project, word: str) -> None:
    with pytest.raises(CommandError, match="--crowd: "):
        call_command("simulate", "--project", "birds", "--crowd", word)


def test_a_pace_that_makes_no_sense_is_refused(project: Project) -> None:
    with pytest.raises(CommandError, match="--pace: "):
        call_command("simulate", "--project", "birds", "--pace", "-1")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (None, "--truth is needed"),
        ("task,label\nt0,yes\n", "no answer to 9 tasks, such as t1"),
        ("task,answer\nt0,yes\n", "has no column label"),
    ],
)
def test_a_truth_that_does_not_do_is_refused_before_anything_is_touched(
    tasks: Project, tmp_path: Path, table: str | None, fault: str
) -> None:
    given = []
    if table is not None:
        (tmp_path / "truth.csv").write_text(table)
        given = ["--truth", str(tmp_path / "truth.csv")]
    members = tasks.memberships.count()
    with pytest.raises(CommandError, match=fault):
        call_command("simulate", "--project", "birds", *given)
    assert tasks.memberships.count() == members


@pytest.fixture
def open_project(transactional_db: None, live_server: Any) -> Callable[[str], Plan]:
    """Makes a fresh project of twelve tasks that everybody of a crowd of five is to answer, on a
    running server."""

    def make(slug: str) -> Plan:
        # Not by `create_project`: what that writes into the audit trail could not be wiped off
        # SQLite again.
        made = Project.objects.create(
            slug=slug, name=slug, schema=numbered(CHOICE), min_responses=5, max_responses=5, gold_rate=0.0
        )
        add_tasks(made, [TaskRecord(external_id=f"t{n}", data={"text": f"Bird {n}?"}) for n in range(12)])
        truth = {f"t{n}": n % 2 for n in range(12)}
        return Plan(project=made, url=live_server.url, truth=truth, pace=0)

    return make


def given_in(project: Project) -> set[tuple[str, str, str]]:
    rows = Response.objects.filter(task__project=project).select_related("task", "worker__user")
    shown = shown_of(project)
    return {(each.worker.display_name, each.task.external_id, shown(each.answer)) for each in rows}


def test_the_same_seed_gives_the_same_answers_through_the_api(open_project: Callable[[str], Plan]) -> None:
    plans = [open_project(slug) for slug in ("first", "second", "third")]
    kinds, answered = ["good", "sloppy", "spammer", "copier", "poisoner"], []

    for plan, seed in zip(plans, (1, 1, 2), strict=True):
        # The other way round, so that the work of all falls together in another way.
        workers = crowd(kinds, Counted(range(2)), seed)[:: -1 if plan is plans[1] else 1]
        answered.append([tally.answered for tally in run(plan, workers, lambda: None)])

    first, second, third = (given_in(plan.project) for plan in plans)
    assert answered == [[12] * 5] * 3
    assert first == second != third
    assert len(first) == 12 * 5


def test_what_came_out_is_told_of_every_worker(open_project: Callable[[str], Plan]) -> None:
    plan = open_project("birds")
    said: list[None] = []
    tallies = run(
        plan,
        crowd(["expert", "expert", "expert", "poisoner", "poisoner"], Counted(range(2))),
        lambda: said.append(None),
    )
    refresh_project(plan.project.pk)
    Membership.objects.filter(user__email__startswith="poisoner-1").update(status="paused")

    found = {each.tally.worker.name: each for each in found_of(plan.project, tallies)}

    assert len(said) == 60
    assert [found[name].paused for name in ("poisoner-1", "poisoner-2", "expert-1")] == [True, False, False]
    assert (found["expert-1"].tally.right, found["poisoner-2"].tally.right) == (12, 0)
    assert all(each.believed is not None for each in found.values())
    answered = {task: [answer for _w, each, answer in given_in(plan.project) if each == task] for task in plan.truth}
    shown = shown_of(plan.project)
    majority = {task: shown(answer) for task, answer in majority_of(plan.project).items()}
    assert majority == {task: max(set(given), key=given.count) for task, given in answered.items()}


def test_who_is_paused_stops_without_a_word(open_project: Callable[[str], Plan]) -> None:
    plan = open_project("birds")
    (worker,) = crowd(["good"], Counted(range(2)))
    stopped = iter(range(100))

    def pause_after_five() -> None:
        if next(stopped) == 4:
            Membership.objects.filter(user__email__startswith="good-1@").update(status="paused")

    (tally,) = run(plan, [worker], pause_after_five)

    assert tally.reason == "paused"
    assert tally.answered <= 6  # the one that was leased before counts
    assert Task.objects.filter(leases_live__gt=0).count() == 0
