"""Votes gathered elsewhere: every good file is stored whole, every bad one not at all."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Membership, Project
from tasks.intake import imports
from tasks.intake.turns import next_imports
from tasks.models import Import, Response, Task
from tests.cast import NO, YES, Api

URL = "/projects/birds/responses/import"


def send(api: Api, text: str | bytes, query: str = "", content_type: str = "text/csv") -> Any:
    return api("POST", f"{URL}{query}", text, content_type=content_type)


def test_votes_make_the_tasks_and_workers_they_name(project: Project, alice: Api) -> None:
    reply = send(alice, "task,worker,answer\nt1,w1,yes\nt1,w2,no\nt2,w1,no\n")
    assert (reply.status_code, reply.json()) == (201, {"created": 3, "unchanged": 0, "replaced": 0, "skipped": 0})
    assert set(Membership.objects.workers().filter(user=None).values_list("name", flat=True)) == {"w1", "w2"}
    assert list(
        Task.objects.order_by("external_id").values_list("external_id", "answers_counted", "answers_needed")
    ) == [
        ("t1", 2, 2),
        ("t2", 1, 1),
    ]


def test_the_same_votes_again_change_nothing(project: Project, alice: Api) -> None:
    votes = "task,worker,answer\nt1,w1,yes\nt1,w2,no\n"
    send(alice, votes)
    assert send(alice, votes).json() == {"created": 0, "unchanged": 2, "replaced": 0, "skipped": 0}
    assert Task.objects.get().answers_counted == 2


def test_a_later_answer_replaces_the_earlier_which_is_kept(project: Project, alice: Api) -> None:
    send(alice, "task,worker,answer\nt1,w1,yes\n")
    reply = send(alice, "task,worker,label\nt1,w1,no\nt1,w1,yes\nt1,w1,no\n")
    assert reply.json() == {"created": 3, "unchanged": 0, "replaced": 3, "skipped": 0}
    assert list(Response.objects.current().values_list("answer", flat=True)) == [NO]
    assert (Response.objects.count(), Task.objects.get().answers_counted) == (4, 1)


def test_the_same_votes_again_change_nothing_where_a_worker_changes_their_mind_within(
    project: Project, alice: Api
) -> None:
    votes = "task,worker,answer\nt1,w1,yes\nt1,w2,yes\nt1,w1,no\nt2,w1,no\nt2,w1,yes\nt2,w1,no\n"
    assert send(alice, votes).json() == {"created": 6, "unchanged": 0, "replaced": 3, "skipped": 0}
    revisions = dict(Task.objects.values_list("external_id", "revision"))
    assert send(alice, votes).json() == {"created": 0, "unchanged": 6, "replaced": 0, "skipped": 0}
    assert dict(Task.objects.values_list("external_id", "revision")) == revisions
    assert sorted(Response.objects.current().values_list("task__external_id", "worker__name", "answer")) == [
        ("t1", "w1", NO),
        ("t1", "w2", YES),
        ("t2", "w1", NO),
    ]


def test_lines_of_json_that_lack_something_are_named(project: Project, alice: Api) -> None:
    lines = ['{"task":"t1","worker":"a","answer":"yes"}', '{"task":"t1","worker":"b"}', '{"worker":"b","answer":"no"}']
    reply = send(alice, "\n".join(lines), content_type="application/x-ndjson").json()
    faults = [(each["line"], each["field"], each["code"]) for each in reply["errors"]]
    assert (reply["code"], faults) == ("invalid_file", [(2, "answer", "required"), (3, "task", "required")])
    assert not Response.objects.exists()


def test_repeats_can_be_refused(project: Project, alice: Api) -> None:
    within = send(alice, "task,worker,answer\nt1,w1,yes\nt1,w1,no\n", "?repeats=error")
    send(alice, "task,worker,answer\nt1,w1,yes\n")
    later = send(alice, "task,worker,answer\nt2,w1,yes\nt1,w1,no\n", "?repeats=error")
    assert [(r.status_code, r.json()["code"], r.json()["errors"][0]["line"]) for r in (within, later)] == [
        (400, "repeated_votes", 3)
    ] * 2
    assert Response.objects.count() == 1
    assert not Task.objects.filter(external_id="t2").exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("task,worker,answer\nt1,w1,yes\nt1,w2\n", 3),
        ("task,worker,answer\nt1,w1,yes\nt1,w2,perhaps\n", 3),
        ("task,worker,answer\n\nt1,w1,\n", 3),
        ("task,worker,answer\n,w1,yes\n", 2),
        ('task,worker,answer\nt1,"w1,yes\n', 2),
        ("task,worker,answer\n", 1),
        ("", None),
        ("task,task,worker,answer\nt,t,w,yes\n", 1),
        ("task,worker,answer\nt1,w\0,yes\n", 2),
        ("task,worker\nt1,w1\n", None),
        (b"task,worker,answer\n\xff\xfe,w1,yes\n", None),
    ],
)
def test_a_bad_file_names_its_line_and_nothing_is_stored(
    project: Project, alice: Api, text: str | bytes, line: int | None
) -> None:
    reply = send(alice, text)
    problem = reply.json()
    assert (reply.status_code, problem["code"]) == (400, "invalid_file")
    assert line is None or problem["errors"][0]["line"] == line
    assert not Task.objects.exists()
    assert not Membership.objects.filter(user=None).exists()


def test_json_lines_are_read_too(project: Project, alice: Api) -> None:
    lines = '{"task": "t1", "worker": "w1", "answer": "yes"}\n\n{"task": "t1", "worker": 2, "answer": "no"}\n'
    assert send(alice, lines, content_type="application/x-ndjson").json()["created"] == 2
    torn = send(alice, lines + '{"task": "t1", "wor', content_type="application/x-ndjson")
    assert torn.json()["errors"][0]["line"] == 4


@pytest.mark.parametrize("task", ["null", "true", '["a"]', '{"b": 1}', '""', '"' + "x" * 301 + '"'])
def test_a_task_must_have_a_name(project: Project, alice: Api, task: str) -> None:
    line = f'{{"task": {task}, "worker": "w", "answer": "yes"}}'
    reply = send(alice, line, content_type="application/x-ndjson")
    assert (reply.status_code, reply.json()["errors"][0]["line"]) == (400, 1)


def test_a_body_in_chunks_is_refused_and_not_taken_for_empty(project: Project, alice: Api) -> None:
    reply = alice("POST", URL, "", content_type="text/csv", **{"Transfer-Encoding": "chunked"})
    assert (reply.status_code, reply.json()["code"]) == (411, "length_required")


def test_a_large_file_is_queued_and_read_by_a_job(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.intake.api.SYNCHRONOUS_VOTES", 10)
    reply = send(alice, "task,worker,answer\nt1,w1,yes\nt1,w2,no\n")
    job = reply.json()["id"]
    assert (reply.status_code, next_imports(10)) == (202, [job])
    imports.run_import(job)
    state = alice("GET", f"/projects/birds/imports/{job}").json()
    assert (state["state"], state["done"], state["report"]["created"]) == ("done", 2, 2)
    assert next_imports(10) == []


def test_a_large_bad_file_fails_with_its_line(project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.intake.api.SYNCHRONOUS_VOTES", 10)
    job = send(alice, "task,worker,answer\nt1,w1,yes\nt1\n").json()["id"]
    imports.run_import(job)
    state = alice("GET", f"/projects/birds/imports/{job}").json()
    assert (state["state"], state["report"]["errors"][0]["line"]) == ("failed", 3)
    assert not Response.objects.exists()


def test_imported_votes_fill_the_slots_of_tasks_that_exist(
    tasks: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    send(alice, "task,worker,answer\n" + "".join(f"t0,w{n},yes\n" for n in range(5)))
    refreshed()
    texts = [a["data"]["text"] for a in bob("POST", "/projects/birds/assignments", {"count": 20}).json()["assignments"]]
    assert "Bird 0?" not in texts
    assert len(texts) == 9


def test_only_those_who_manage_may_import(project: Project, bob: Api, charlie: Api) -> None:
    votes = "task,worker,answer\nt1,w1,yes\n"
    assert [send(a, votes).status_code for a in (bob, charlie)] == [403, 404]


def test_an_import_that_crashed_three_times_is_failed(project: Project, alice: Api) -> None:
    job = Import.objects.create(project=project, format="votes-csv", attempts=3, state="running")
    imports.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.report["code"]) == ("failed", "crashed")
