"""What owners read of answers that look dishonest."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crowd.projects.models import Membership, Project, Role
from quality.models import Summary, WorkerScore
from quality.workers.evidence import evidence_of
from tests.cast import Api, worker_of
from tests.pages.conftest import text_of

ALARM = {"adversarial": 5, "workers": 9, "share": 0.556}


@pytest.fixture
def flag(tasks: Project, bob: Api) -> Callable[[dict[str, Any]], Membership]:
    """Stores evidence against Bob, as a fit does."""

    def store(evidence: dict[str, Any]) -> Membership:
        score = {"responses": 90, "gold_right": 0, "gold_seen": 0, "flags": list(evidence), "evidence": evidence}
        WorkerScore.objects.update_or_create(worker=worker_of(bob, tasks), defaults=score)
        return worker_of(bob, tasks)

    return store


@pytest.fixture
def partner(tasks: Project) -> Membership:
    return Membership.objects.create(project=tasks, name="<b>eve</b>", role=Role.WORKER)


def page(owner: Client, worker: Membership) -> str:
    return text_of(owner.get(f"/projects/birds/workers/{worker.pk}"))


def shared(partner: int, **more: Any) -> dict[str, Any]:
    return {"worker": partner, "q": 1e-9, "shared": 31, "expected": 4.23, "common": 88, **more}


def test_shared_mistakes_are_told_with_links_to_the_partners(
    owner: Client, flag: Callable[..., Membership], partner: Membership
) -> None:
    gone = shared(partner.pk + 99)
    partners = [shared(partner.pk), gone]
    bob = flag({"copying": shared(partner.pk, ring=[], ring_size=3, partners=partners)})
    shown = page(owner, bob)
    name = "&lt;b&gt;eve&lt;/b&gt;"
    assert f"Shares 31 mistakes with {name}, where 4.2 were to be expected." in shown
    assert "3 workers are joined by such mistakes." in shown
    assert f'<a href="/projects/birds/workers/{partner.pk}">{name}</a>: 31 shared mistakes' in shown
    assert str(partner.pk + 99) not in shown


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (
            {"too_fast": {"q": 0.01, "pace": 0.12, "answers": 40}},
            "Takes 12 % of the time that the others take on the same tasks, over 40 timed answers.",
        ),
        (
            {"constant": {"q": 0.01, "class": 1, "given": 29, "expected": 14.61, "answers": 30}},
            "Gave “no” to 29 of 30 tasks, where 14.6 were to be expected of these tasks.",
        ),
        (
            {"pattern": {"q": 0.01, "period": 3, "repeated": 27, "expected": 10.2, "answers": 30}},
            "27 of 30 answers equal the one 3 answers before, where 10.2 were to be expected.",
        ),
        (
            {"guessing": {"q": 0.01, "knowledge": 0.04, "low": 0.0, "high": 0.125, "answers": 30}},
            "Knows 4 % of the answers and guesses the rest, by 30 answers beside those of others; "
            "between 0 % and 12 % with 95 % probability.",
        ),
        (
            {"worse_than_chance": {"q": 0.01, "right": 2.5, "seen": 30, "chance": 0.5}},
            "About 2.5 of 30 answers are right, fewer than the 15.0 that blind guesses would get.",
        ),
        (
            {"one_source": {"worker": 0, "common": 50, "alike": 49, "rhythm": None, "partners": []}},
            "Gives the same answer as somebody who has left on 49 of 50 tasks, mistakes among them: "
            "they may be one person, or a program.",
        ),
    ],
)
def test_each_flag_is_explained_by_its_numbers(
    owner: Client, flag: Callable[..., Membership], evidence: dict[str, Any], text: str
) -> None:
    assert text in page(owner, flag(evidence))


def test_without_evidence_nothing_is_said(owner: Client, flag: Callable[..., Membership]) -> None:
    assert "What looks wrong" not in page(owner, flag({}))


def test_programs_read_classes_by_name(flag: Callable[..., Membership]) -> None:
    bob = flag({"constant": {"q": 0.01, "class": 1, "given": 29, "expected": 14.6, "answers": 30}})
    assert evidence_of(bob)["constant"]["class"] == "no"
    assert WorkerScore.objects.get().evidence["constant"]["class"] == 1


def test_the_alarm_says_on_the_project_what_to_do_next(owner: Client, tasks: Project) -> None:
    Summary.objects.create(project=tasks)
    before = text_of(owner.get("/projects/birds"))
    Summary.objects.update(alarm=ALARM)
    after = text_of(owner.get("/projects/birds"))
    assert "answer honestly" not in before
    assert "5 of 9 workers with enough answers look as if they didn&#x27;t answer honestly" in after
    assert 'href="/projects/birds/workers">All workers</a>' in after
