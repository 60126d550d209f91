"""Limits of use: what one account, and one project, may ask for in an hour."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from crowd.projects.models import Membership, Project, Role
from crowd.settings.people import _quotas
from tests.cast import Api, api_for

REFRESH = "/projects/birds/refresh"
VOTES = {"body": "task,worker,answer\nt0,w,yes\n", "content_type": "text/csv"}


def refused(reply: Any) -> bool:
    if reply.status_code != 429:
        return False
    assert reply.json()["code"] == "quota_exceeded"
    assert 0 < int(reply["Retry-After"]) <= 3600
    return True


@pytest.mark.parametrize(
    ("what", "method", "path", "options"),
    [
        ("refreshes", "POST", REFRESH, {}),
        ("replays", "POST", "/projects/birds/replays", {"body": {}}),
        ("exports", "GET", "/projects/birds/labels.csv", {}),
        ("imports", "POST", "/projects/birds/responses/import", VOTES),
        ("projects", "POST", "/projects", {"body": {"name": "X", "schema": {"type": "choice", "classes": ["a", "b"]}}}),
        ("reads", "GET", "/projects/birds/labels", {}),
    ],
)
def test_an_account_may_ask_so_often_and_no_more(
    alice: Api, project: Project, settings: Any, what: str, method: str, path: str, options: Any
) -> None:
    settings.QUOTAS = {**settings.QUOTAS, what: 2}
    assert [refused(alice(method, path, **options)) for _time in range(4)] == [False, False, True, True]


def test_a_project_counts_all_who_ask_and_nobody_who_may_not(
    alice: Api, bob: Api, charlie: Api, project: Project, settings: Any
) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "refreshes": 2}
    manager = api_for("manager@example.com")
    Membership.objects.create(project=project, user=manager.user, role=Role.MANAGER)
    assert [charlie("POST", REFRESH).status_code for _time in range(5)] == [404] * 5
    assert [refused(each("POST", REFRESH)) for each in (alice, manager, alice)] == [False, False, True]


def test_workers_at_work_are_never_refused(bob: Api, tasks: Project, settings: Any) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "reads": 1}
    for path in ("/projects/birds/assignments", "/projects/birds/work", "/work") * 3:
        assert bob("GET", path).status_code == 200


def test_without_redis_nobody_is_refused(alice: Api, project: Project, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("crowd.people.quotas._away_until", 0.0)
    settings.QUOTAS = {**settings.QUOTAS, "reads": 1}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert [alice("GET", "/projects").status_code for _time in range(3)] == [200] * 3
    monkeypatch.setattr("crowd.people.quotas._away_until", 0.0)


def test_quotas_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWD_QUOTAS", "exports=7, reads=0")
    assert (_quotas()["exports"], _quotas()["reads"], _quotas()["replays"]) == (7, 0, 200)
    monkeypatch.setenv("CROWD_QUOTAS", "export=7")
    with pytest.raises(ImproperlyConfigured, match="CROWD_QUOTAS: 'export=7'"):
        _quotas()
