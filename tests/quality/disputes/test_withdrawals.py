"""Taking a decision back where another reviewer may have been at it meanwhile."""

from typing import Any

from crowd.projects.models import Project
from quality.disputes.adjudication import withdraw_adjudication
from quality.models import Adjudication
from tasks.models import Task
from tests.at_once import at_once, both_within_a_transaction
from tests.cast import NO, YES, Api
from tests.quality.disputes.test_decisions import ADJUDICATION, disputed, history, reviewer

__all__ = ["disputed", "reviewer"]


def decided(api: Api, answer: str) -> str:
    """Decide t0; returns when that was, by which the decision is known."""
    assert api("PUT", ADJUDICATION, {"answer": answer}).status_code == 200
    moment: str = api("GET", ADJUDICATION).json()["decided_at"]
    return moment


def withdrawn(api: Api, seen: str) -> Any:
    return api("DELETE", f"{ADJUDICATION}?seen={seen}")


def test_programs_take_back_only_the_decision_that_they_have_seen(disputed: Project, alice: Api, reviewer: Api) -> None:
    mine = decided(alice, "no")
    theirs = decided(reviewer, "yes")
    late = withdrawn(alice, mine)
    assert (late.status_code, late.json()["code"]) == (409, "decided_meanwhile")
    assert late.json()["detail"] == (
        "t0 was decided anew by charlie@example.com meanwhile. That decision stands: nothing was taken back."
    )
    assert Adjudication.objects.get().answer == YES
    assert withdrawn(alice, theirs).status_code == 204
    gone = withdrawn(alice, theirs)
    assert (gone.status_code, gone.json()["code"]) == (404, "no_adjudication")
    assert [action for action, *_rest in history(alice)] == ["withdrawn", "decided", "decided"]


def test_without_a_word_of_what_was_seen_whatever_stands_is_taken_back(
    disputed: Project, alice: Api, reviewer: Api
) -> None:
    decided(reviewer, "yes")
    assert alice("DELETE", ADJUDICATION).status_code == 204
    assert not Adjudication.objects.exists()


def test_what_was_seen_is_a_time_and_only_a_withdrawal_says_it_in_the_address(disputed: Project, alice: Api) -> None:
    decided(alice, "no")
    wrong = withdrawn(alice, "yesterday")
    misplaced = [alice("GET", f"{ADJUDICATION}?seen=2026-01-01T00:00:00Z")]
    misplaced.append(alice("PUT", f"{ADJUDICATION}?seen=2026-01-01T00:00:00Z", {"answer": "yes"}))
    for reply in (wrong, *misplaced):
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "seen")
    assert Adjudication.objects.get().answer == NO


@both_within_a_transaction
def test_of_two_who_take_one_decision_back_at_once_the_second_is_told(
    transactional_db: None, disputed: Project, alice: Api, reviewer: Api
) -> None:
    decided(alice, "no")
    task, seen = Task.objects.get(external_id="t0"), Adjudication.objects.get().version
    outcomes = at_once(
        lambda: withdraw_adjudication(task=task, reviewer=alice.user, seen=seen),
        lambda: withdraw_adjudication(task=task, reviewer=reviewer.user, seen=seen),
        door='DELETE FROM "quality_adjudication"',
    )
    assert outcomes == ["done", "no_adjudication"]
    assert [action for action, *_rest in history(alice)] == ["withdrawn", "decided"]
