"""What another policy would have made of recorded answers: asked for, played by jobs, killed, and
refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from crowd.people.models import AuditEvent
from crowd.projects.models import Project
from quality.aggregation import NO_LABEL, Policy, Votes
from quality.budget import replays
from quality.budget.rehearsals import Recording, Run, outcome, play
from quality.budget.replay_votes import own_recording
from quality.budget.replays import KEPT, ORDERS, PERCENT, run_replay, unfinished
from quality.jobs import replay as replay_job
from quality.kinds.choice.service import Choice
from quality.models import Fitting, Replay
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response
from tests.cast import Api
from tests.quality.refresh.test_scheduling import vote

ADDRESS = "/projects/birds/replays"
POLICY = {"min_responses": 2, "max_responses": 6, "target_confidence": 0.9, "method": "hierarchical"}


def recorded(*, truth: bool, tasks: int = 60, seed: int = 0) -> str:
    """Ten answers to each task, of workers who are right nine times in ten."""
    rng = np.random.default_rng(seed)
    rows = ["task,worker,answer,truth" if truth else "task,worker,answer"]
    for task in range(tasks):
        right = rng.choice(["yes", "no"])
        for worker in range(10):
            said = right if rng.random() < 0.9 else {"yes": "no", "no": "yes"}[right]
            rows.append(f"t{task},w{worker},{said}" + (f",{right}" if truth else ""))
    return "\n".join(rows)


def ask(alice: Api, **body: Any) -> Any:
    return alice("POST", ADDRESS, {"policy": POLICY} | body)


def play_all(replay_id: int) -> None:
    for _ in range(ORDERS):
        run_replay(replay_id)


def shown(alice: Api, replay_id: int) -> Any:
    return alice("GET", f"{ADDRESS}/{replay_id}").json()


def let_claims_pass() -> None:
    Replay.objects.update(claimed_until=timezone.now() - timedelta(seconds=1), next_try_at=None)


def test_a_replay_says_what_the_policy_would_have_cost_and_lost(project: Project, alice: Api) -> None:
    asked = ask(alice, votes=recorded(truth=True))
    play_all(asked.json()["id"])

    done = shown(alice, asked.json()["id"])
    result = done["result"]

    assert (asked.status_code, asked.json()["state"], done["state"]) == (202, "queued", "done")
    assert (done["done"], done["total"]) == (ORDERS * PERCENT, ORDERS * PERCENT)
    assert (result["tasks"], result["recorded"], result["measured_by"], result["orders"]) == (60, 600, "truth", ORDERS)
    assert 120 <= result["asked_low"] <= result["asked"] <= result["asked_high"] <= 360
    assert result["share"] == pytest.approx(result["asked"] / 600, abs=0.001)
    assert result["points"]["low"] <= result["points"]["value"] <= result["points"]["high"]
    assert result["sentence"].startswith(
        f"With your policy these 60 tasks would have cost {result['asked']} answers instead of 600, at "
    )
    assert Replay.objects.get().votes == ""
    assert AuditEvent.objects.filter(action="replay.requested").count() == 1


def test_progress_is_stored_order_by_order_and_each_is_a_step_of_its_own(project: Project, alice: Api) -> None:
    replay_id = ask(alice, votes=recorded(truth=False)).json()["id"]

    seen = []
    for _ in range(ORDERS):
        replay_job(replay_id)
        seen.append((shown(alice, replay_id)["state"], shown(alice, replay_id)["done"]))

    assert seen == [("running", n * PERCENT) for n in range(1, ORDERS)] + [("done", ORDERS * PERCENT)]


def test_the_same_answers_in_another_order_give_the_same_result(project: Project, alice: Api) -> None:
    head, *rows = recorded(truth=True).splitlines()
    results = []
    for lines in (rows, rows[::-1]):
        # Names get their numbers in order of appearance, so both tables begin with a row for each
        # of them.
        replay_id = ask(alice, votes="\n".join([head, *sorted(lines)])).json()["id"]
        play_all(replay_id)
        results.append(shown(alice, replay_id)["result"])

    assert results[0] == results[1]


def test_without_a_table_the_answers_of_the_project_are_played(project: Project, alice: Api) -> None:
    vote(alice, *[line.replace(",", " ") for line in recorded(truth=False, tasks=30).splitlines()[1:]])
    replay_id = ask(alice).json()["id"]
    play_all(replay_id)

    result = shown(alice, replay_id)["result"]

    assert (result["tasks"], result["recorded"], result["measured_by"]) == (30, Response.objects.count(), "agreement")
    assert result["full_accuracy"] == 1.0
    assert "of the labels would have been those of all answers" in result["sentence"]


def test_a_table_as_the_body_has_its_policy_in_the_address(project: Project, alice: Api) -> None:
    asked = alice("POST", f"{ADDRESS}?max_responses=9", recorded(truth=True), content_type="text/csv")

    assert (asked.status_code, asked.json()["policy"]) == (
        202,
        {"min_responses": 3, "max_responses": 9, "target_confidence": 0.95, "method": "auto", "order": "priority"},
    )


def test_answers_for_every_task_first_cost_fewer_and_an_unknown_order_is_refused(project: Project, alice: Api) -> None:
    asked: dict[str, float] = {}
    for order in ("depth", "breadth"):
        replay_id = ask(alice, votes=recorded(truth=True, tasks=200), policy={**POLICY, "order": order}).json()["id"]
        play_all(replay_id)
        asked[order] = shown(alice, replay_id)["result"]["asked"]
    assert asked["breadth"] < asked["depth"]
    refused = ask(alice, policy={**POLICY, "order": "backwards"})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")


def test_a_bad_line_names_itself_and_nothing_is_queued(project: Project, alice: Api) -> None:
    reply = ask(alice, votes="task,worker,answer\nt0,w0,yes\nt0,w1,maybe\n")

    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_file")
    assert [fault["line"] for fault in reply.json()["errors"]] == [3]
    assert not Replay.objects.exists()


def test_a_bad_line_that_only_the_job_finds_fails_the_replay_with_its_number(project: Project, alice: Api) -> None:
    replay_id = ask(alice, votes=recorded(truth=False)).json()["id"]
    Replay.objects.update(votes="task,worker,answer\nt0,w0,maybe\n")

    run_replay(replay_id)

    failed = shown(alice, replay_id)
    assert (failed["state"], failed["result"]) == ("failed", None)
    assert "Line 2" in failed["error"]
    assert unfinished() == []


def test_what_is_interrupted_is_picked_up_by_the_sweep_and_given_up_after_three_tries(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay_id = ask(alice, votes=recorded(truth=False)).json()["id"]

    def killed(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt  # as a process that is killed: nothing is caught, and nothing is tidied up

    with monkeypatch.context() as patched:
        patched.setattr(replays, "play", killed)
        tries = 0
        while unfinished() and tries < 10:
            with pytest.raises(KeyboardInterrupt):
                run_replay(replay_id)
            tries += 1
            let_claims_pass()
            if Replay.objects.get().attempts == Replay.TRIES:
                break
    run_replay(replay_id)

    assert tries == 3
    assert (shown(alice, replay_id)["state"], unfinished()) == ("failed", [])
    assert "interrupted three times" in shown(alice, replay_id)["error"]


def test_after_a_kill_it_goes_on_where_it_was(project: Project, alice: Api) -> None:
    replay_id = ask(alice, votes=recorded(truth=False)).json()["id"]
    run_replay(replay_id)
    Replay.objects.update(attempts=1, claimed_until=timezone.now() + timedelta(minutes=1))  # somebody is at it
    run_replay(replay_id)
    claimed = shown(alice, replay_id)["done"]
    let_claims_pass()
    run_replay(replay_id)

    assert (claimed, shown(alice, replay_id)["done"]) == (PERCENT, 2 * PERCENT)


def test_a_replay_waits_while_the_cores_are_taken_by_a_fit(tasks: Project, alice: Api, settings: Any) -> None:
    settings.LANES = {"fits": 1}
    replay_id = ask(alice, votes=recorded(truth=False)).json()["id"]
    Fitting.objects.create(project=tasks, claimed_until=timezone.now() + timedelta(minutes=1))
    run_replay(replay_id)
    waited = shown(alice, replay_id)["state"], unfinished()
    Fitting.objects.update(claimed_until=None)
    run_replay(replay_id)

    assert waited == ("queued", [replay_id])
    assert shown(alice, replay_id)["done"] == PERCENT


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"policy": {"min_responses": 7}}, "invalid_policy"),
        ({"policy": {"method": "oracle"}}, "invalid"),
        ({}, "replay_under_way"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_stable_code(
    project: Project, alice: Api, body: dict[str, Any], code: str
) -> None:
    votes = recorded(truth=False)
    if code == "replay_under_way":
        ask(alice, votes=votes)

    reply = alice("POST", ADDRESS, {"votes": votes, **body})

    assert reply.json()["code"] == code
    if code == "invalid_policy":
        assert [each["field"] for each in reply.json()["errors"]] == ["policy.max_responses"]


def test_more_answers_than_can_be_played_are_refused(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quality.budget.replay_votes.MAX_VOTES", 100)

    reply = ask(alice, votes=recorded(truth=False))

    assert (reply.status_code, reply.json()["code"]) == (400, "too_many_votes")


def test_only_managers_have_replays_played(tasks: Project, bob: Api, charlie: Api) -> None:
    codes = [api("POST", ADDRESS, {"votes": recorded(truth=False)}).json()["code"] for api in (bob, charlie)]

    assert codes == ["role_required", "project_not_found"]


def test_replays_are_listed_the_newest_first(project: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    for state in ("done", "failed", "queued"):
        Replay.objects.create(project=project, state=state, policy=POLICY, error="x" * (state == "failed"))
    Replay.objects.filter(state="done").delete()

    assert [each["state"] for each in alice("GET", ADDRESS).json()["results"]] == ["queued", "failed"]


def test_of_the_own_gold_only_what_was_drawn_is_told_and_none_counts_as_work(project: Project, alice: Api) -> None:
    names = [f"t{n}" for n in range(30)]
    add_tasks(project, [TaskRecord(external_id=name, data={"text": name}) for name in names])
    golds = {"t0": True, "t1": True, "t2": False, "t3": False}  # whether it was given before the answers
    for after in (False, True):
        for name in (name for name, drawn in golds.items() if drawn != after):
            alice("PUT", f"/projects/birds/tasks/{name}/gold", {"answer": "yes"})
        if not after:
            vote(alice, *[f"{name} w{w} yes" for name in names for w in range(3)])
    recording = own_recording(project)
    policy = Policy(target=0.9, least=2, most=3)
    runs = [
        play(recording, policy, Choice().replayed("majority"), seed, lambda _done, _most: None) for seed in range(4)
    ]
    result = outcome(recording, policy, runs)
    assert np.count_nonzero(recording.truth != NO_LABEL) == 4
    assert np.count_nonzero(recording.tellable & (recording.truth != NO_LABEL)) == 2
    assert {(run.tasks, run.recorded) for run in runs} == {(26, 78.0)}
    assert (result["tasks"], result["recorded"]) == (26, 78)


def test_what_was_not_drawn_is_never_told(project: Project) -> None:
    """What is told scores nothing, and is no work to be played."""
    votes = Votes.from_codes(np.repeat(np.arange(40), 3), np.tile(np.arange(3), 40), np.ones(120, int), n_classes=2)
    truth, none = np.zeros(40, dtype=np.int64), np.zeros(40, dtype=bool)
    policy, method = Policy(target=0.9, least=2, most=3), Choice().replayed("majority")
    played = {
        name: play(Recording(votes, truth, ~none, tellable), policy, method, 0, lambda _done, _most: None)
        for name, tellable in (("all", ~none), ("none", none))
    }
    assert (played["all"].tasks, played["none"].tasks, played["none"].scored) == (36, 40, 40)


def test_an_interval_stays_between_the_fewest_and_the_most_answers_that_a_policy_can_cost() -> None:
    votes = Votes.from_codes(np.repeat(np.arange(10), 5), np.tile(np.arange(5), 10), np.ones(50, int), n_classes=2)
    every = np.ones(10, dtype=bool)
    recording = Recording(votes, np.full(10, NO_LABEL), every, every)
    same: dict[str, Any] = {"tasks": 10, "recorded": 50.0, "accuracy": 1.0, "full_accuracy": 1.0, "variance": 0.0}
    more: dict[str, Any] = {"scored": 10, "disputed": 0, "short": 0, "by_truth": False}
    runs = [Run(asked=asked, **same, **more) for asked in (20.0, 40.0)]
    result = outcome(recording, Policy(target=0.9, least=2, most=4), runs)
    assert (result["asked_low"], result["asked"], result["asked_high"]) == (20, 30, 40)


def test_a_project_keeps_its_latest_replays(project: Project, alice: Api) -> None:
    old = [Replay.objects.create(project=project, state="done", policy=POLICY).pk for _ in range(KEPT + 3)]
    asked = ask(alice, votes=recorded(truth=False)).json()["id"]
    assert list(project.replays.order_by("pk").values_list("pk", flat=True)) == [*old[3:], asked]
