"""PostgreSQL is stopped in the midst of the work: nobody is left hanging, and nothing that was
acknowledged is lost."""

from urllib.parse import urlencode

from django.core.handlers.exception import convert_exception_to_response
from django.db import InterfaceError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.drills import oracle
from tests.drills.load import Reply, Request, api, lease, send_all, submit
from tests.drills.stage import DATABASE, LOSES_AT_A_CRASH, Stage
from tests.journeys.site import wait_until

TIMES = 2
TRIES = 5
A_FEW_SECONDS = 5.0
AWAY = (503, "unavailable", "5")


def test_crash_of_the_database_loses_nothing_that_was_acknowledged(stage: Stage) -> None:
    slug = stage.new_project()

    with stage.load(slug) as load:
        for _time in range(TIMES):
            load.wait_for_answers(30)
            with stage.database_away():
                wait_until(lambda: AWAY in load.refusals, A_FEW_SECONDS)
        load.wait_for_answers(30)

    assert load.refusals == {AWAY}
    assert load.slowest < A_FEW_SECONDS
    assert oracle.forgotten(stage.site.url, load.acknowledged) == {}
    assert oracle.contradictions(DATABASE) == oracle.NONE
    assert stage.verify(slug) == f"{slug}: every label is what the answers say\n"


def test_database_that_forgets_what_it_acknowledged_is_found_out(stage: Stage) -> None:
    stage.restart_database(*LOSES_AT_A_CRASH)

    # What was written just before the crash, as it is every ten seconds, is not forgotten.
    found_out = any(forgotten_after_a_crash(stage) for _time in range(TRIES))
    stage.restart_database()  # safe again, for the tests that follow

    assert found_out


def forgotten_after_a_crash(stage: Stage) -> dict[Request, Reply]:
    with stage.load(stage.new_project()) as load:
        load.wait_for_answers(30)
        stage.postgres.stop_immediately()
    stage.postgres.start(*LOSES_AT_A_CRASH)
    stage.wait_until_ready()
    return oracle.forgotten(stage.site.url, load.acknowledged)


def test_everything_that_needs_the_database_says_when_to_come_again(stage: Stage) -> None:
    slug = stage.new_project(tasks=10)
    asked = everything_that_needs_the_database(slug, stage.owner)

    with stage.database_away():
        replies = send_all(stage.site.url, asked, at_once=len(asked)).values()
        ready = stage.site.readiness()

    assert [(reply.status, reply.headers["Retry-After"]) for reply in replies] == [(503, "5")] * len(asked)
    assert max(reply.seconds for reply in replies) < A_FEW_SECONDS
    assert (ready["status"], ready["database"], ready["broker"]) == ("unavailable", "OperationalError", "ok")
    wait_until(lambda: all(r.status < 500 for r in send_all(stage.site.url, asked).values()), A_FEW_SECONDS)


def everything_that_needs_the_database(slug: str, api_key: str) -> list[Request]:
    """Reads and writes, by programs and by people."""
    csrf = "a" * 32
    cookies = ("Cookie", f"session={'b' * 32}; csrftoken={csrf}")
    form = ("Content-Type", "application/x-www-form-urlencoded")
    sign_in = urlencode({"login": "alice@example.org", "password": "a guess", "csrfmiddlewaretoken": csrf})
    return [
        api("GET", "/projects", api_key),
        api("GET", f"/projects/{slug}/labels", api_key),
        api("GET", f"/projects/{slug}/labels.csv", api_key),
        api("POST", f"/projects/{slug}/tasks", api_key, {"tasks": [{"external_id": "t1", "data": {"text": "Bird?"}}]}),
        lease(slug, api_key),
        submit("c" * 22, api_key),
        Request("GET", "/", "", (cookies,)),
        Request("GET", f"/projects/{slug}/work", "", (cookies,)),
        Request("POST", "/accounts/login/", sign_in, (cookies, form)),
    ]


def test_database_that_goes_away_after_the_view_is_no_error_of_ours(rf: RequestFactory) -> None:
    def store_session(request: HttpRequest) -> HttpResponse:
        raise InterfaceError("the connection is closed")

    reply = convert_exception_to_response(store_session)(rf.get("/"))

    assert isinstance(reply, HttpResponse)
    assert (reply.status_code, reply["Retry-After"]) == (503, "5")
