"""The page on which workers see what they did, and why they are paused."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crowd.projects.appeals import answer_appeal
from crowd.projects.models import Appeal, Membership, Project, Role
from quality.models import GoldAnswer
from tasks.models import QueueState, Task
from tasks.own_work import pages
from tasks.queue.leasing import lease_tasks
from tasks.queue.purposes import set_purpose
from tasks.responses.submit import submit_response
from tests.cast import NO, Api, worker_of
from tests.pages.conftest import Visit, text_of
from tests.pages.test_escaping import ESCAPED, PAYLOAD

MINE = "/projects/birds/mine"


@pytest.fixture
def give(tasks: Project, bob: Api) -> Callable[[int], list[str]]:
    """Answers so many tasks as Bob, and returns their texts."""
    worker = worker_of(bob, tasks)

    def answer(count: int) -> list[str]:
        texts = []
        for _ in range(count):
            (assignment,), _reason = lease_tasks(worker=worker)
            submit_response(assignment=assignment, answer="yes", seconds=2.0)
            texts.append(assignment.task.data["text"])
        return texts

    return answer


@pytest.fixture
def pause(tasks: Project, bob: Api) -> Callable[[str], None]:
    def because(reason: str) -> None:
        Membership.objects.filter(user=bob.user).update(
            status="paused", pause_reason=reason, paused_at="2026-01-02T03:04:00Z"
        )

    return because


def figures(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>([^<]+)</dt> <dd> ([^<]+?) </dd>", page))


def test_figures_and_limits_of_today(worker: Client, give: Callable[[int], list[str]]) -> None:
    Project.objects.update(responses_per_day=7, responses_per_minute=30)
    give(3)
    page = text_of(worker.get(MINE))

    assert {name: figures(page)[name] for name in ("Answers", "Today", "Skipped", "Seconds a task")} == {
        "Answers": "3",
        "Today": "3 of 7",
        "Skipped": "0",
        "Seconds a task": "2",
    }
    assert "This project takes at most 30 answers a minute." in page


def test_history_goes_back_page_by_page(
    worker: Client, give: Callable[[int], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "HISTORY_SHOWN", 2)
    given = give(5)
    seen, url = [], MINE
    for _ in range(3):
        page = text_of(worker.get(url))
        seen += re.findall(r"Bird \d\?", page)
        older = re.search(r'href="(\?before=\d+)#history"', page)
        url = MINE + older[1] if older else ""

    assert seen == given[::-1]
    assert url == ""


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²"])
def test_nonsense_in_the_address_of_the_history_is_no_error(
    before: str, worker: Client, give: Callable[[int], list[str]]
) -> None:
    (text,) = give(1)

    assert text in text_of(worker.get(MINE, {"before": before}))


def test_number_of_queries_does_not_grow_with_the_history(worker: Client, give: Callable[[int], list[str]]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            worker.get(MINE)
        return len(captured)

    give(1)
    before = queries()
    give(8)

    assert queries() == before <= 12


def test_what_stands_before_work_is_shown(worker: Client, give: Callable[[int], list[str]], tasks: Project) -> None:
    Project.objects.update(training_tasks=3, exam_tasks=4, exam_score=0.75, required_skill="school/expert")
    QueueState.objects.create(
        worker=Membership.objects.get(role=Role.WORKER),
        trained=2,
        exam_attempt=1,
        exam_score=0.5,
        exam_again_at="2999-01-02T03:04:00Z",
    )
    page = text_of(worker.get(MINE))

    assert "2 of 3" in page
    assert "You reached 50%; 75% are needed." in page
    assert "You can try again after 2 Jan 2999, 03:04 UTC." in page
    assert "2 attempts left" in page
    assert "You are not in the project that gives it" in page


def test_who_works_in_the_project_that_gives_the_skill_is_shown_the_way(worker: Client, bob: Api, alice: Api) -> None:
    school = Project.objects.create(slug="school", name="School", schema=Project.objects.get().schema)
    Membership.objects.create(project=school, user=bob.user, role=Role.WORKER)
    Project.objects.filter(slug="birds").update(required_skill="school/expert")

    assert 'href="/projects/school/work">School</a>' in text_of(worker.get(MINE))
    assert 'href="/projects/school/work">School</a>' in text_of(worker.get("/projects/birds/work"))


def test_nothing_shows_which_answers_were_to_gold(worker: Client, give: Callable[[int], list[str]]) -> None:
    def seen() -> str:
        """The page without its head, where every time is another token."""
        return worker.get(MINE).content.decode().partition("<main")[2]

    give(4)
    before = seen()
    answered = Task.objects.filter(responses__isnull=False)
    GoldAnswer.objects.bulk_create(GoldAnswer(task=task, answer=NO, explanation="Look!") for task in answered[:2])
    set_purpose([task.pk for task in answered[:2]], "gold")

    assert seen() == before


def test_paused_worker_reads_why_and_objects_once(worker: Client, pause: Callable[[str], None]) -> None:
    pause(PAYLOAD)
    page = worker.get(MINE).content.decode()

    assert "Since 2 Jan 2026, 03:04 UTC you get no more tasks here." in page
    assert ESCAPED in page
    assert PAYLOAD not in page
    assert "Go on labelling" not in page

    sent = text_of(worker.post(MINE, {"text": "I only have a fast keyboard."}, follow=True))
    again = text_of(worker.post(MINE, {"text": "Hello?"}, follow=True))

    assert "Your message is with the owner of the project." in sent
    assert "I only have a fast keyboard." in sent
    assert "There is no answer yet." in sent
    assert "<textarea" not in sent
    assert "The owner has not answered what you wrote before." in again
    assert [appeal.text for appeal in Appeal.objects.all()] == ["I only have a fast keyboard."]


def test_answer_of_the_owner_is_read_and_may_be_answered(
    worker: Client, pause: Callable[[str], None], alice: Api
) -> None:
    pause("")
    worker.post(MINE, {"text": "Why?"})
    answer_appeal(appeal=Appeal.objects.get(), actor=alice.user, answer="Because.")
    page = text_of(worker.get(MINE))

    assert "No reason was given." in page
    assert "Because." in page
    assert "alice" not in page
    assert "<textarea" in page


def test_empty_appeal_is_not_sent(worker: Client, pause: Callable[[str], None]) -> None:
    pause("")
    page = text_of(worker.post(MINE, {"text": " "}))

    assert "This field is required." in page
    assert not Appeal.objects.exists()


def test_who_is_not_paused_has_nothing_to_object_to(worker: Client) -> None:
    assert "<textarea" not in worker.get(MINE).content.decode()
    assert "You are not paused" in text_of(worker.post(MINE, {"text": "Hello"}, follow=True))


def test_home_leads_to_ones_own_work_and_says_who_is_paused(worker: Client, pause: Callable[[str], None]) -> None:
    active = worker.get("/").content.decode()
    pause("")
    paused = worker.get("/").content.decode()

    assert 'href="/projects/birds/mine"' in active
    assert 'href="/projects/birds/work"' in active
    assert 'href="/projects/birds/mine">Why, and what you can do</a>' in paused
    assert 'href="/projects/birds/work"' not in paused


def test_pages_of_two_workers_do_not_mix(
    visit: Visit, new_worker: Callable[[], Api], give: Callable[[int], list[str]]
) -> None:
    give(1)

    assert "Bird" not in text_of(visit(new_worker()).get(MINE)).replace("Birds", "")
