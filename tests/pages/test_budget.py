"""The page of a project's budget: what it says in words, and the form that tries another policy."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client

from crowd.projects.models import Project, Role
from quality.budget.replays import ORDERS, run_replay
from quality.models import Replay, Summary
from tests.pages.conftest import text_of
from tests.quality.budget.test_replays import recorded

PAGE = "/projects/birds/budget"
FORM = {"min_responses": 2, "max_responses": 6, "target_confidence": 0.9, "method": "hierarchical", "order": "breadth"}
BUDGET = {
    "bought": 70,
    "tests": 9,
    "decided": 20,
    "decided_bought": 60,
    "fixed": 100,
    "saved": 40,
    "by_answers": [{"answers": 2, "settled": 14, "disputed": 0}, {"answers": 5, "settled": 4, "disputed": 2}],
    "forecast": {
        "open": 10,
        "learnt_from": 20,
        "answers": {"value": 30.0, "low": 24.0, "high": 36.0, "level": 0.9},
        "pace": {"per_hour": 12.0, "since": "2026-11-24T08:00:00+00:00"},
        "hours": {"value": 2.5, "low": 2.0, "high": 3.0},
    },
}


@pytest.fixture
def measured(tasks: Project) -> None:
    Summary.objects.update_or_create(project=tasks, defaults={"budget": BUDGET})


def table_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("votes.csv", recorded(truth=True).encode())


def test_what_was_bought_saved_and_is_still_to_come_is_said_in_words(owner: Client, measured: None) -> None:
    text = text_of(owner.get(PAGE))

    assert "The 20 tasks decided so far have cost 60 answers." in text
    assert "With 5 for every task it would have been 100: 40 saved." in text
    assert "answers (24 to 36)" in text
    assert "12 answers an hour, that takes <b>2.5 hours</b> (2.0 to 3.0)." in text


def test_before_the_first_answer_the_page_says_so(owner: Client) -> None:
    text = text_of(owner.get(PAGE))

    assert "No task is decided yet" in text
    assert "There are no answers yet to forecast from." in text


def test_a_policy_is_tried_and_its_result_shown(owner: Client, tasks: Project) -> None:
    owner.post(PAGE, {**FORM, "table": table_file()})
    replay = Replay.objects.get()
    part = f"{PAGE}/replays/{replay.pk}"
    before = text_of(owner.get(part))
    for _ in range(ORDERS):
        run_replay(replay.pk)

    after = text_of(owner.get(part))

    assert "hx-get" in before
    assert "hx-get" not in after
    assert "With your policy these 60 tasks would have cost" in after
    assert "2 to 6 answers until 0.9, hierarchical" in text_of(owner.get(PAGE))


@pytest.mark.parametrize(
    ("done", "said"), [(0, "Beginning…"), (100, "20 % played, about 20 min to go."), (450, "90 % played, less than")]
)
def test_replay_under_way_says_how_far_it_is_and_how_long_the_rest_takes(
    owner: Client, tasks: Project, done: int, said: str
) -> None:
    replay = Replay.objects.create(project=tasks, policy=FORM, state="running", done=done, total=500)
    Replay.objects.update(requested_at=Now() - timedelta(minutes=5))

    assert said in text_of(owner.get(f"{PAGE}/replays/{replay.pk}"))
    assert said in text_of(owner.get(PAGE))


def test_a_bad_line_is_named_beside_the_form(owner: Client, tasks: Project) -> None:
    bad = SimpleUploadedFile("votes.csv", b"task,worker,answer\nt0,w0,maybe\n")

    text = text_of(owner.post(PAGE, {**FORM, "table": bad}))

    assert "Line 2" in text
    assert not Replay.objects.exists()


def test_a_reviewer_sees_the_budget_but_may_not_try_policies(member: Callable[[Role], Client], measured: None) -> None:
    reviewer = member(Role.REVIEWER)

    page, tried = reviewer.get(PAGE), reviewer.post(PAGE, FORM)

    assert "replay-form" not in text_of(page)
    assert tried.status_code == 403
    assert not Replay.objects.exists()
