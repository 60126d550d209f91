"""Gold that is set, corrected, confirmed, promoted and withdrawn: what the trail says of it, and
what stays."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.models import Project
from quality.gold.giving import NoGold, confirm_gold, correct_gold, withdraw_gold
from quality.models import GoldAnswer, Refresh
from tasks.models import Task
from tests.cast import NO, Api
from tests.quality.gold.test_promotion import promote

GOLD = "/projects/birds/tasks/t0/gold"


def trail() -> list[tuple[str, str, str, dict[str, Any]]]:
    """What was done to gold, in that order: who, what, to which, and the details."""
    rows = AuditEvent.objects.filter(action__startswith="gold.").select_related("actor").order_by("pk")
    return [(each.actor.email, each.action, each.subject, each.detail) for each in rows if each.actor]


@pytest.mark.parametrize("training", [False, True])
def test_corrected_gold_keeps_its_explanation_and_its_place(tasks: Project, alice: Api, training: bool) -> None:
    alice("PUT", GOLD, {"answer": "yes", "explanation": "Blue.", "training": training})
    task = Task.objects.get(external_id="t0")
    GoldAnswer.objects.update(doubt=0.97, confirmed_at=task.created_at)
    correct_gold(task=task, actor=alice.user, answer="no")
    gold = GoldAnswer.objects.get()
    assert (gold.answer, gold.explanation, gold.training, gold.drawn) == (NO, "Blue.", training, True)
    assert (gold.doubt, gold.confirmed_at) == (None, None)
    assert Task.objects.get(external_id="t0").purpose == ("training" if training else "gold")


def test_whatever_is_done_to_gold_is_in_the_trail_with_what_it_was(tasks: Project, alice: Api, charlie: Api) -> None:
    task = Task.objects.get(external_id="t0")
    alice("PUT", GOLD, {"answer": "yes", "training": True})
    alice("PUT", GOLD, {"answer": "no"})
    GoldAnswer.objects.update(doubt=0.97)
    confirm_gold(task=task, actor=alice.user)
    charlie("PUT", GOLD, {"answer": "yes"})
    withdraw_gold(task=task, actor=alice.user)
    assert trail() == [
        ("alice@example.com", "gold.set", "birds/t0", {"answer": "yes", "training": True, "before": None}),
        ("alice@example.com", "gold.set", "birds/t0", {"answer": "no", "training": False, "before": "yes"}),
        ("alice@example.com", "gold.confirmed", "birds/t0", {"answer": "no", "doubt": 0.97}),
        ("alice@example.com", "gold.withdrawn", "birds/t0", {"answer": "no"}),
    ]


def test_promotion_and_what_takes_it_back_are_in_the_trail(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    promote(alice, 4, seed=3)
    alice("DELETE", "/projects/birds/gold?origin=promoted")
    alice("DELETE", "/projects/birds/gold?origin=promoted")  # there is none any more
    assert trail() == [
        ("alice@example.com", "gold.promoted", "birds", {"tasks": 4, "min_confidence": 0.9, "seed": 3}),
        ("alice@example.com", "gold.promotion_withdrawn", "birds", {"tasks": 4}),
    ]


def test_what_is_no_gold_is_neither_changed_nor_noted(tasks: Project, alice: Api) -> None:
    task = Task.objects.get(external_id="t0")
    for change in (
        lambda: correct_gold(task=task, actor=alice.user, answer="no"),
        lambda: confirm_gold(task=task, actor=alice.user),
        lambda: withdraw_gold(task=task, actor=alice.user),
    ):
        with pytest.raises(NoGold):
            change()
    assert (trail(), GoldAnswer.objects.count(), Refresh.objects.count()) == ([], 0, 0)
