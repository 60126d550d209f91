"""Large imports: stored in steps that a kill resumes, and in turns, so that no project waits for
another's files."""

from collections import Counter
from typing import Any

import pytest
from django.core.files.base import ContentFile

from crowd.projects.models import Membership, Project
from crowd.projects.ownership import create_project
from crowd.webhooks.models import Event
from crowd.webhooks.subscriptions import make_webhook
from tasks.intake import imports, storing, turns
from tasks.intake.sources import task_tables, vote_tables
from tasks.intake.storing import steps_of
from tasks.intake.turns import next_imports
from tasks.intake.votes import Vote
from tasks.models import Import, Response, Task
from tests.cast import CHOICE, Api

ROWS = [f"t{n},w{worker},yes" for n in range(6) for worker in range(3)]
CHANGE_OF_MIND = ["t0,w0,no", "t0,w0,yes", "t3,w1,no"]


def queue(project: Project, alice: Api, *rows: str, repeats: Any = "replace") -> Import:
    file = ContentFile("\n".join(["task,worker,answer", *rows]).encode(), name="votes.csv")
    return imports.start_import(project=project, actor=alice.user, file=file, table_format="votes-csv", repeats=repeats)


def stored() -> Counter[tuple[str, str, str, bool]]:
    columns = ("task__external_id", "worker__name", "answer")
    rows = Response.objects.values_list(*columns, "replaced_at")
    return Counter((task, worker, answer, replaced is None) for task, worker, answer, replaced in rows)


def tally(job: Import) -> dict[str, int]:
    return {name: job.report[name] for name in ("created", "unchanged", "replaced")}


def counters() -> list[tuple[str, int, int]]:
    return list(Task.objects.order_by("external_id").values_list("external_id", "answers_counted", "answers_needed"))


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "STEP", 4)
    monkeypatch.setattr(task_tables, "TASKS_A_STEP", 4)


def run_killed(job: Import, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Read an import until so many steps are stored, as by a process that is killed in the midst of
    the next."""
    store, calls = storing.store_votes, []

    def killed(*args: Any) -> Any:
        calls.append(args)
        result = store(*args)
        if len(calls) > after:
            raise KeyboardInterrupt
        return result

    with monkeypatch.context() as patched:
        patched.setattr(vote_tables, "store_votes", killed)
        with pytest.raises(KeyboardInterrupt):
            imports.run_import(job.pk)
    Import.objects.update(next_try_at=None)


@pytest.mark.parametrize("repeats", ["replace", "error"])
def test_votes_that_are_read_in_steps_with_kills_are_stored_as_in_one_go(
    project: Project, alice: Api, small_steps: None, monkeypatch: pytest.MonkeyPatch, repeats: str
) -> None:
    rows = ROWS + (CHANGE_OF_MIND if repeats == "replace" else [])
    alice("POST", "/projects/birds/responses/import", "\n".join(["task,worker,answer", *rows]), content_type="text/csv")
    at_once, counted = stored(), counters()
    Response.objects.all().delete()
    Task.objects.all().delete()

    job = queue(project, alice, *rows, repeats=repeats)
    run_killed(job, monkeypatch, after=1)
    half = Import.objects.get().done
    run_killed(job, monkeypatch, after=1)
    imports.run_import(job.pk)

    job.refresh_from_db()
    changes = 3 if repeats == "replace" else 0
    assert 0 < half < job.done == job.total == len(rows)
    assert (job.state, tally(job)) == ("done", {"created": len(rows), "unchanged": 0, "replaced": changes})
    assert (stored(), counters()) == (at_once, counted)


def test_the_same_file_again_changes_nothing_also_in_steps(project: Project, alice: Api, small_steps: None) -> None:
    rows = ROWS + CHANGE_OF_MIND
    for _time in range(2):
        job = queue(project, alice, *rows)
        imports.run_import(job.pk)
    job.refresh_from_db()
    assert tally(job) == {"created": 0, "unchanged": len(rows), "replaced": 0}


@pytest.mark.parametrize("earlier", ["stored", "in the file"])
def test_a_vote_that_may_not_be_replaced_is_found_before_the_first_is_stored(
    project: Project, alice: Api, small_steps: None, earlier: str
) -> None:
    first = [] if earlier == "stored" else ["t5,w2,no"]
    if earlier == "stored":
        imports.run_import(queue(project, alice, "t5,w2,no").pk)
    before = (stored(), Task.objects.count(), Membership.objects.count())
    job = queue(project, alice, *first, *ROWS, repeats="error")
    imports.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.report["errors"][0]["line"]) == ("failed", 19 + len(first))
    assert (stored(), Task.objects.count(), Membership.objects.count()) == before


def test_a_refusal_comes_before_the_first_step_or_not_at_all(
    project: Project, alice: Api, small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = queue(project, alice, *ROWS, repeats="error")
    run_killed(job, monkeypatch, after=1)
    vote = "task,worker,answer\nt5,w2,no\n"  # meanwhile somebody else sends another answer
    alice("POST", "/projects/birds/responses/import", vote, content_type="text/csv")
    imports.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.report["replaced"]) == ("done", 1)


def test_a_step_holds_whole_tasks_and_hardly_more_votes_than_it_should() -> None:
    votes = [Vote(n, f"t{n % 700}", f"w{n}", "yes") for n in range(5000)]
    steps = list(steps_of(votes))
    tasks = [{vote.task for vote in step} for step in steps]
    assert sorted(vote.line for step in steps for vote in step) == list(range(5000))
    assert sum(map(len, tasks)) == 700
    assert max(map(len, steps)) <= storing.STEP + 7


@pytest.fixture
def owls(alice: Api, project: Project) -> Project:
    return create_project(owner=alice.user, slug="owls", name="Owls", schema=CHOICE)


def test_each_project_has_its_turn(project: Project, owls: Project, alice: Api) -> None:
    birds = [queue(project, alice, *ROWS).pk for _time in range(3)]
    owl = queue(owls, alice, *ROWS).pk
    order = [next_imports(10)]
    imports.run_import(birds[0])
    order.append(next_imports(10))
    imports.run_import(owl)
    assert [*order, next_imports(10), next_imports(0)] == [[birds[0], owl], [owl, birds[1]], [birds[1]], []]


def test_of_one_project_one_import_is_read_at_a_time(project: Project, alice: Api, settings: Any) -> None:
    settings.LANES = {"long": 10}
    first, second = queue(project, alice, *ROWS), queue(project, alice, *ROWS)
    with Import.objects.claim(first.pk):
        assert next_imports(10) == []
        assert not imports.run_import(second.pk)
    assert imports.run_import(second.pk)


def test_a_long_import_is_put_aside_while_others_wait_and_goes_on_after_them(
    project: Project, owls: Project, alice: Api, small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SPAN", 0.0)
    long, other = queue(project, alice, *ROWS), queue(owls, alice, *ROWS[:3])
    assert imports.run_import(long.pk)
    long.refresh_from_db()
    assert 0 < long.done < len(ROWS)
    assert (long.state, long.holder, long.attempts, next_imports(10)) == ("running", "", 0, [other.pk, long.pk])
    imports.run_import(other.pk)
    imports.run_import(long.pk)
    long.refresh_from_db()
    assert (Import.objects.get(pk=other.pk).state, long.state) == ("done", "done")
    assert long.report["created"] == len(ROWS)


def test_tasks_of_a_table_go_on_after_the_last_step(
    project: Project, owls: Project, alice: Api, small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SPAN", 0.0)
    queue(owls, alice, *ROWS[:3])
    table = ContentFile(b"external_id,text\n" + b"".join(b"n%d,Bird?\n" % n for n in range(10)), name="tasks.csv")
    job = imports.start_import(project=project, actor=alice.user, file=table, table_format="csv")
    done = []
    while Import.objects.unfinished().filter(pk=job.pk).exists():
        imports.run_import(job.pk)
        job.refresh_from_db()
        done.append((job.done, job.report["created"]))
    assert done == [(4, 4), (8, 8), (10, 10)]


def test_whoever_listens_is_told_when_a_file_was_read_or_could_not_be(project: Project, alice: Api) -> None:
    make_webhook(project=project, actor=alice.user, url="https://example.com/", kinds=["import.done"])
    good, bad = queue(project, alice, *ROWS), queue(project, alice, "t0,w0,perhaps")
    crashed = Import.objects.create(project=project, format="votes-csv", attempts=3, state="running")
    for job in (good, bad, crashed):
        imports.run_import(job.pk)
    told = [event.data for event in Event.objects.order_by("pk")]
    assert told[0] == {
        "id": good.pk,
        "state": "done",
        "format": "votes-csv",
        "created": len(ROWS),
        "unchanged": 0,
        "replaced": 0,
        "skipped": 0,
    }
    assert [(each["id"], each["state"], each.get("code")) for each in told[1:]] == [
        (bad.pk, "failed", "invalid_file"),
        (crashed.pk, "failed", "crashed"),
    ]
