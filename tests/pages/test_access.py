"""What visitors are told who may not see a page, and what a page shows of what they may do.

Which page is for whom is in tests/crowd/access/.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from crowd.projects.models import Project, Role


@pytest.mark.parametrize("page", ["", "/settings", "/work"])
def test_to_outsiders_a_project_does_not_exist(page: str, outsider: Client, tasks: Project) -> None:
    reply = outsider.get(f"/projects/birds{page}")

    assert reply.status_code == 404
    assert "There is no project birds, or you are not a member of it." in reply.content.decode()


def test_worker_on_the_overview_is_shown_the_way_to_the_tasks(worker: Client) -> None:
    reply = worker.get("/projects/birds")

    assert reply.status_code == 403
    assert 'href="/projects/birds/work"' in reply.content.decode()


def test_part_of_a_page_after_the_session_ended_has_the_page_load_again(client: Client, tasks: Project) -> None:
    reply = client.get("/projects/birds/board", headers={"HX-Request": "true"})

    assert (reply.status_code, reply["HX-Refresh"]) == (200, "true")


def test_pages_of_signed_in_people_stay_out_of_caches(owner: Client) -> None:
    assert "no-store" in owner.get("/projects/birds")["Cache-Control"]


def test_reviewer_may_decide_but_not_manage(member: Callable[[Role], Client]) -> None:
    page = member(Role.REVIEWER).get("/projects/birds").content.decode()

    assert 'id="disputes"' in page
    assert "/projects/birds/refresh" not in page
    assert "/projects/birds/settings" not in page
