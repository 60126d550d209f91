"""What nobody is left to answer, on the pages of those who look after a project."""

import pytest
from django.test import Client

from crowd.projects.models import Project
from quality.exhaustion.sifting import sift
from quality.models import Adjudication
from quality.refresh.live import keep_up
from tests.cast import Api
from tests.pages.conftest import text_of

REVIEW = "/projects/birds/review"


@pytest.fixture
def exhausted(tasks: Project, bob: Api) -> Project:
    """t0 and t1, which Bob alone could have answered."""
    keep_up(tasks)
    for reason in ("<b>unclear</b>", ""):
        (lease,) = bob("POST", "/projects/birds/assignments", {"count": 1}).json()["assignments"]
        bob("POST", f"/assignments/{lease['token']}/skip", {"reason": reason})
    sift(tasks.pk)
    return tasks


def test_they_are_decided_one_after_the_other_with_the_reasons_before_the_reviewer(
    owner: Client, exhausted: Project
) -> None:
    shown, reasons = [], []
    page = owner.get(f"{REVIEW}?of=exhausted")
    while case := page.context.get("case"):
        shown.append(case.task.external_id)
        reasons.append(text_of(page).partition("Who passed it on")[2].partition("</section>")[0])
        body = {"task": shown[-1], "answer": "no", "of": "exhausted"}
        page = owner.post(f"{REVIEW}/decide", body, follow=True)
    assert shown == ["t0", "t1"]
    assert "&lt;b&gt;unclear&lt;/b&gt;</span> <b>1</b>" in reasons[0]
    assert "skipped without a reason <b>1</b>" in reasons[1]
    assert "Nothing is exhausted." in text_of(page)
    assert Adjudication.objects.count() == 2


def test_what_is_skipped_by_the_reviewer_comes_again_when_one_begins_again(owner: Client, exhausted: Project) -> None:
    page, seen = owner.get(f"{REVIEW}?of=exhausted"), []
    while case := page.context.get("case"):
        seen.append(case.task.external_id)
        page = owner.get(page.context["skip"])
    assert seen == ["t0", "t1"]
    assert "You have skipped some" in text_of(page)


def test_overview_home_and_review_count_them(owner: Client, exhausted: Project) -> None:
    overview, home, review = (text_of(owner.get(path)) for path in ("/projects/birds", "/", REVIEW))
    assert "exhausted <b>2</b>" in overview
    assert "open <b>8</b>" in overview
    assert "2 tasks are exhausted" in overview
    assert "2 exhausted</a>" in home
    assert "<b>2</b> exhausted" in review


def test_nothing_is_said_where_there_are_none(owner: Client, tasks: Project) -> None:
    assert "exhausted" not in text_of(owner.get("/projects/birds"))
