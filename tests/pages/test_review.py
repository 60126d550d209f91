"""The reviewers' queue: one task at a time, decided by a plain form."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crowd.projects.models import Project, Role
from quality.models import Adjudication, Consensus, GoldAnswer
from tests.cast import NO, YES, Api
from tests.pages.conftest import text_of

REVIEW = "/projects/birds/review"


@pytest.fixture
def disputed(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> Project:
    """t0 to t2 end three to two, t3 two to two, and t4 is open."""
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority", "min_responses": 3, "max_responses": 4}})
    rows = [f"t{n},w{w},{'yes' if w < 3 else 'no'}" for n in range(3) for w in range(5)]
    rows += [f"t3,w{w},{'yes' if w < 2 else 'no'}" for w in range(4)] + ["t4,w0,yes"]
    body = "task,worker,answer\n" + "\n".join(rows)
    alice("POST", "/projects/birds/responses/import", body, content_type="text/csv")
    refreshed()
    return tasks


def shown(reply: Any) -> str | None:
    case = reply.context.get("case")
    return case and case.task.external_id


def decide(browser: Client, task: str, answer: str | None = None, **more: str) -> Any:
    given = {} if answer is None else {"answer": answer}
    return browser.post(f"{REVIEW}/decide", {"task": task, **given, **more}, follow=True)


def test_one_task_after_the_other_is_decided(owner: Client, disputed: Project) -> None:
    order = [shown(owner.get(REVIEW))]
    while order[-1]:
        order.append(shown(decide(owner, order[-1], "no")))
    assert order == ["t3", "t0", "t1", "t2", None]
    assert dict(Adjudication.objects.values_list("task__external_id", "answer")) == dict.fromkeys(order[:-1], NO)


def test_the_page_says_who_said_what_and_how_sure_each_class_is(owner: Client, disputed: Project) -> None:
    page = owner.get(REVIEW)
    assert shown(page) == "t3"
    assert sorted((each.worker.name, title) for each, title in page.context["opinions"]) == [
        ("w0", "yes"),
        ("w1", "yes"),
        ("w2", "no"),
        ("w3", "no"),
    ]
    assert [(each.cell, each.key, each.width) for each in page.context["choices"]] == [
        ("yes", "1", "50.00"),
        ("no", "2", "50.00"),
    ]
    assert "<b>4</b> disputed tasks" in text_of(page)
    assert "Bird 3?" in text_of(page)


def test_what_is_skipped_comes_again_when_one_begins_again(owner: Client, disputed: Project) -> None:
    page, seen = owner.get(REVIEW), []
    while shown(page):
        seen.append(shown(page))
        page = owner.get(page.context["skip"])
    assert seen == ["t3", "t0", "t1", "t2"]
    assert "You have skipped some" in text_of(page)
    assert shown(owner.get(REVIEW)) == "t3"


def test_a_decision_after_a_skip_goes_on_behind_it(owner: Client, disputed: Project) -> None:
    page = owner.get(owner.get(REVIEW).context["skip"])
    after = page.context["where"]["after"]
    assert (shown(page), shown(decide(owner, "t0", "yes", after=after))) == ("t0", "t1")


def test_the_last_decision_is_undone_and_the_task_shown_again(owner: Client, disputed: Project) -> None:
    before = Consensus.objects.values("label", "confidence", "state", "source").get(task__external_id="t3")
    page = decide(owner, "t3", "no")
    assert page.context["last"].task.external_id == "t3"
    undone = decide(owner, "t3", seen=page.context["last"].version)
    assert (shown(undone), undone.context["last"]) == ("t3", None)
    assert shown(owner.get(undone.context["skip"])) == "t0"
    assert not Adjudication.objects.exists()
    assert Consensus.objects.values("label", "confidence", "state", "source").get(task__external_id="t3") == before
    assert shown(decide(owner, "t3", "yes")) == "t0"


def test_two_reviewers_do_not_overrule_each_other_unawares(
    owner: Client, disputed: Project, member: Callable[[Role], Client]
) -> None:
    other = member(Role.REVIEWER)
    assert shown(owner.get(REVIEW)) == shown(other.get(REVIEW)) == "t3"
    decide(owner, "t3", "no")
    page = decide(other, "t3", "yes")
    assert Adjudication.objects.get().answer == NO
    assert "t3 was decided by alice@example.com meanwhile" in text_of(page)
    assert shown(page) == "t0"


def test_a_decision_that_the_page_showed_is_replaced_and_one_that_it_did_not_show_is_not_undone(
    owner: Client, disputed: Project, member: Callable[[Role], Client]
) -> None:
    other = member(Role.REVIEWER)
    mine = decide(owner, "t3", "no").context["last"].version
    asked_for = other.get(f"{REVIEW}?task=t3").text
    seen = re.search(r'name="seen" value="([^"]+)"', asked_for)
    assert seen
    decide(other, "t3", "yes", seen=seen[1])
    assert Adjudication.objects.get().answer == YES
    page = decide(owner, "t3", seen=mine)
    assert Adjudication.objects.get().answer == YES
    told = "t3 was decided anew by reviewer@example.com meanwhile. That decision stands: nothing was taken back."
    assert told in text_of(page)


def test_who_undoes_what_another_has_taken_back_is_told(
    owner: Client, disputed: Project, member: Callable[[Role], Client]
) -> None:
    mine = decide(owner, "t3", "no").context["last"].version
    decide(member(Role.REVIEWER), "t3", seen=mine)
    page = decide(owner, "t3", seen=mine)
    assert page.status_code == 200
    assert "No decision stands on t3." in text_of(page)


def test_the_open_ones_can_be_decided_too(owner: Client, disputed: Project) -> None:
    page = owner.get(f"{REVIEW}?of=open")
    assert shown(page) == "t4"
    done = decide(owner, "t4", "yes", of="open")
    assert (shown(done), done.context["where"]["of"]) == (None, "open")


def test_only_managers_are_offered_gold_and_make_it(
    owner: Client, disputed: Project, member: Callable[[Role], Client]
) -> None:
    reviewer = member(Role.REVIEWER)
    refused = decide(reviewer, "t3", "no", gold="on")
    assert (refused.status_code, Adjudication.objects.count()) == (403, 0)
    assert 'name="gold"' not in reviewer.get(REVIEW).content.decode()
    assert 'name="gold"' in owner.get(REVIEW).content.decode()
    decide(owner, "t3", "no", gold="on", explanation="Grey.")
    assert GoldAnswer.objects.values_list("answer", "explanation", "origin").get() == (NO, "Grey.", "adjudicated")


@pytest.mark.parametrize("query", ["?after=x", "?after=nan,1", "?of=settled", "?task=none", "?decided=none"])
def test_an_address_that_makes_no_sense_is_the_beginning(owner: Client, disputed: Project, query: str) -> None:
    assert shown(owner.get(REVIEW + query)) == "t3"
