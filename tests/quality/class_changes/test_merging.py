"""Merging the classes of a project where people work."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.models import Project
from quality.class_changes import merging
from quality.models import Consensus, GoldAnswer, Merge, Summary, VoteBlock, WorkerScore
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import cache_differs, differing_labels
from tasks.models import PreLabel, Response
from tests.cast import Api

BIRDS = "/projects/birds"
YES, NO, AYE, NAY = range(4)


@pytest.fixture
def four(tasks: Project, alice: Api) -> Project:
    """Yes, no, aye and nay; all of them answered, and worked out."""
    classes = ["yes", "no", {"name": "aye", "title": "Aye!"}, "nay"]
    assert alice("PATCH", BIRDS, {"schema": {"type": "choice", "classes": classes}}).status_code == 200
    names = ("yes", "no", "aye", "nay")
    rows = "".join(f"t{n},w{w},{names[(n + (w > 2)) % 4]}\n" for n in range(8) for w in range(4))
    assert alice("POST", f"{BIRDS}/responses/import", f"task,worker,answer\n{rows}", content_type="text/csv")
    refresh_project(tasks.pk)
    tasks.refresh_from_db()
    return tasks


def merge(alice: Api, *names: str, into: str = "yes") -> Any:
    return alice("POST", f"{BIRDS}/classes/merge", {"classes": list(names), "into": into})


def classes(alice: Api) -> list[str]:
    return [each["name"] for each in alice("GET", BIRDS).json()["schema"]["classes"]]


def numbers() -> set[int]:
    return {*Response.objects.values_list("answer", flat=True), *Consensus.objects.values_list("label", flat=True)}


def test_everybody_reads_and_answers_by_what_is_left_at_once(four: Project, alice: Api, bob: Api) -> None:
    token = bob("POST", f"{BIRDS}/assignments", {"count": 1}).json()["assignments"][0]["token"]
    assert merge(alice, "aye").status_code == 202
    assert classes(alice) == ["yes", "no", "nay"]
    labels = {row["task"]: row for row in alice("GET", f"{BIRDS}/labels").json()["results"]}
    assert labels["t2"]["label"] == "yes"
    assert set(labels["t2"]["distribution"]) == {"yes", "no", "nay"}
    assert sum(labels["t2"]["distribution"].values()) == pytest.approx(1)
    assert bob("PUT", f"/assignments/{token}/response", {"answer": "aye"}).status_code == 201
    assert bob("PUT", f"/assignments/{token}/response", {"answer": "yes"}).status_code == 200
    assert AYE in numbers()  # no job has run


def test_labels_are_worked_out_before_the_job_as_after_it(four: Project, alice: Api) -> None:
    merge_id = merge(alice, "aye", "nay").json()["id"]
    refresh_project(four.pk)
    before = list(Consensus.objects.order_by("pk").values("label", "confidence", "detail", "state"))
    merging.carry_out(merge_id)
    refresh_project(four.pk)
    assert list(Consensus.objects.order_by("pk").values("label", "confidence", "detail", "state")) == before
    assert numbers() == {YES, NO}
    four.refresh_from_db()
    assert (differing_labels(four), cache_differs(four)) == ([], False)


def test_labels_are_those_of_a_project_that_never_had_the_class(four: Project, alice: Api) -> None:
    merging.carry_out(merge(alice, "aye", "nay").json()["id"])
    refresh_project(four.pk)
    answers = alice("GET", f"{BIRDS}/responses.csv").getvalue()
    alice("POST", "/projects", {"slug": "two", "name": "T", "schema": {"type": "choice", "classes": ["yes", "no"]}})
    alice("POST", "/projects/two/responses/import", answers, content_type="text/csv")
    refresh_project(Project.objects.get(slug="two").pk)

    def labels(slug: str) -> dict[str, Any]:
        rows = alice("GET", f"/projects/{slug}/labels").json()["results"]
        return {row["task"]: (row["label"], row["confidence"], row["distribution"]) for row in rows if row["label"]}

    assert labels("two") == labels("birds")


def test_a_job_that_was_killed_goes_on_behind_its_last_step(four: Project, alice: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(merging, "STEP", 3)
    merge_id = merge(alice, "aye").json()["id"]
    rewrite, seen = merging._rewrite, []

    def killed_in_the_second_step(kind: Any, task_ids: Any, *rest: Any) -> None:
        seen.extend(task_ids)
        rewrite(kind, task_ids, *rest)
        if len(seen) == 6:
            raise MemoryError

    monkeypatch.setattr(merging, "_rewrite", killed_in_the_second_step)
    with pytest.raises(MemoryError):
        merging.carry_out(merge_id)
    assert (Merge.objects.get().done, Merge.objects.get().state, AYE in numbers()) == (3, "queued", True)
    monkeypatch.setattr(merging, "_rewrite", rewrite)
    Merge.objects.update(next_try_at=None)
    merging.carry_out(merge_id)
    assert (Merge.objects.get().done, Merge.objects.get().state) == (10, "done")
    assert not Response.objects.filter(answer=AYE).exists()


def test_what_is_stored_late_under_an_old_number_stands_for_the_class(four: Project, alice: Api) -> None:
    merging.carry_out(merge(alice, "aye").json()["id"])
    Response.objects.filter(task__external_id="t3").update(answer=AYE)  # by a request that had begun before
    four.tasks.filter(external_id="t3").mark_stale()
    keep_up(four)
    refresh_project(four.pk)
    four.refresh_from_db()
    rows = alice("GET", f"{BIRDS}/labels").json()["results"]
    assert next(row["label"] for row in rows if row["task"] == "t3") == "yes"
    assert (differing_labels(four), cache_differs(four)) == ([], False)


def test_gold_is_judged_by_what_is_left_before_the_job_has_run(four: Project, alice: Api, bob: Api) -> None:
    alice("PUT", f"{BIRDS}/tasks/t9/gold", {"answer": "aye"})
    merge(alice, "aye")
    votes = "task,worker,answer\nt9,x,yes\nt9,y,aye\nt9,z,no\n"
    alice("POST", f"{BIRDS}/responses/import", votes, content_type="text/csv")
    refresh_project(four.pk)
    (gold,) = alice("GET", f"{BIRDS}/gold").json()["results"]
    assert (gold["answer"], gold["right"], gold["seen"]) == ("yes", 2, 3)
    scores = {score.worker.display_name: score.gold_right for score in WorkerScore.objects.all()}
    assert (scores["x"], scores["y"], scores["z"]) == (1, 1, 0)
    assert GoldAnswer.objects.get().answer == AYE


def test_probabilities_of_merged_classes_add_up(four: Project, alice: Api) -> None:
    body = {"task": "t9", "probabilities": {"yes": 0.3, "aye": 0.3, "no": 0.4}}
    alice("POST", f"{BIRDS}/prelabels", {"model": "net", "predictions": [body]})
    merge_id = merge(alice, "aye").json()["id"]
    merging.carry_out(merge_id)
    assert PreLabel.objects.get().prediction == [[YES, 0.6], [NO, 0.4]]
    again = alice("POST", f"{BIRDS}/prelabels", {"model": "net", "predictions": [body]})
    assert again.json() == {"created": 0, "updated": 0, "unchanged": 1}


def test_a_merge_of_merged_classes_leads_to_the_last(four: Project, alice: Api) -> None:
    for names, into in ((["nay"], "no"), (["no", "aye"], "yes")):
        refused_or_done = merge(alice, *names, into=into)
        if into == "yes":
            assert refused_or_done.json()["errors"][0]["field"] == "classes"  # one class is none
            refused_or_done = merge(alice, "no", into="aye")
        merging.carry_out(refused_or_done.json()["id"])
    assert classes(alice) == ["yes", "aye"]
    sent = "task,worker,answer\nt9,q,nay\nt9,r,no\n"
    assert alice("POST", f"{BIRDS}/responses/import", sent, content_type="text/csv").json()["created"] == 2
    assert set(Response.objects.filter(task__external_id="t9").values_list("answer", flat=True)) == {AYE}
    refresh_project(four.pk)
    four.refresh_from_db()
    assert (differing_labels(four), numbers()) == ([], {YES, AYE})


@pytest.mark.parametrize(
    ("names", "into", "status", "code", "field"),
    [
        (["maybe"], "yes", 400, "no_such_class", "classes"),
        (["aye"], "maybe", 400, "no_such_class", "into"),
        (["yes"], "yes", 400, "no_such_class", "classes"),
        (["aye", "no", "nay"], "yes", 400, "invalid", "classes"),
        ([], "yes", 400, "invalid", "classes"),
    ],
)
def test_what_can_not_be_merged_is_refused_by_name(
    four: Project, alice: Api, names: list[str], into: str, status: int, code: str, field: str
) -> None:
    reply = merge(alice, *names, into=into)
    assert (reply.status_code, reply.json()["code"], reply.json()["errors"][0]["field"]) == (status, code, field)
    assert classes(alice) == ["yes", "no", "aye", "nay"]
    assert not Merge.objects.exists()


def test_one_merge_at_a_time_and_a_merged_class_is_told_by_what_it_is_now(four: Project, alice: Api) -> None:
    first = merge(alice, "aye")
    assert merge(alice, "nay").json()["code"] == "merge_under_way"
    merging.carry_out(first.json()["id"])
    assert "yes" in merge(alice, "aye", into="no").json()["detail"]


def test_who_merged_what_is_in_the_audit_trail(four: Project, alice: Api) -> None:
    merge(alice, "aye", "nay", into="no")
    event = AuditEvent.objects.get(action="classes.merged")
    assert (event.actor, event.subject, event.detail) == (
        alice.user,
        "birds",
        {"classes": ["aye", "nay"], "into": "no"},
    )


def test_a_merged_name_may_be_given_to_a_new_class(four: Project, alice: Api) -> None:
    merging.carry_out(merge(alice, "aye").json()["id"])
    schema = {"type": "choice", "classes": ["yes", "no", "nay", "aye"]}
    assert alice("PATCH", BIRDS, {"schema": schema}).status_code == 200
    alice("POST", f"{BIRDS}/responses/import", "task,worker,answer\nt9,q,aye\n", content_type="text/csv")
    assert Response.objects.get(task__external_id="t9").answer == 4
    refresh_project(four.pk)
    four.refresh_from_db()
    assert (differing_labels(four), cache_differs(four)) == ([], False)


def test_figures_by_class_are_gone_until_they_are_worked_out_anew(
    four: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    assert alice("GET", f"{BIRDS}/agreement/classes").json()["results"]
    merge(alice, "aye")
    assert alice("GET", f"{BIRDS}/agreement/classes").json()["results"] == []
    assert {each.confusion for each in WorkerScore.objects.all()} == {None}
    refreshed()
    rows = alice("GET", f"{BIRDS}/agreement/classes").json()["results"]
    assert [row["class"] for row in rows] == ["yes", "no", "nay"]
    assert Summary.objects.get().blocks_complete
    assert VoteBlock.objects.exists()
