"""The page on which classes get other names, or become part of others."""

import pytest

from crowd.projects.models import Project
from quality.class_changes.merging import carry_out
from quality.models import Merge
from tests.cast import Api
from tests.pages.conftest import Visit

CLASSES = "/projects/birds/classes"


@pytest.fixture
def three(tasks: Project, alice: Api) -> Project:
    schema = {"type": "choice", "classes": ["yes", "no", "<b>aye</b>"]}
    assert alice("PATCH", "/projects/birds", {"schema": schema}).status_code == 200
    return tasks


def test_a_class_is_renamed_by_its_form(three: Project, alice: Api, visit: Visit) -> None:
    page = visit(alice)
    assert 'href="/projects/birds/classes"' in page.get("/projects/birds/settings").content.decode()
    sent = page.post(f"{CLASSES}/rename", {"name": "<b>aye</b>", "to": "aye"})
    assert sent.headers["Location"] == CLASSES
    assert "&lt;b&gt;aye&lt;/b&gt; is called aye now." in page.get(CLASSES).content.decode()
    three.refresh_from_db()
    assert three.class_names == ["yes", "no", "aye"]


def test_what_can_not_be_is_said_at_the_form(three: Project, alice: Api, visit: Visit) -> None:
    page = visit(alice)
    assert "look alike" in page.post(f"{CLASSES}/rename", {"name": "yes", "to": "NO"}).content.decode()
    assert "already" in page.post(f"{CLASSES}/rename", {"name": "yes", "to": "no"}).content.decode()
    all_of_them = {"classes": ["no", "<b>aye</b>"], "into": "yes", "sure": "1"}
    assert "at least 2" in page.post(f"{CLASSES}/merge", all_of_them).content.decode()
    itself = {"classes": ["yes"], "into": "yes"}
    assert "besides" in page.post(f"{CLASSES}/merge", itself).content.decode()
    assert not Merge.objects.exists()


def test_a_merge_is_asked_for_once_more_and_shows_how_far_it_is(three: Project, alice: Api, visit: Visit) -> None:
    page = visit(alice)
    sent = {"classes": ["<b>aye</b>"], "into": "yes"}
    asked = page.post(f"{CLASSES}/merge", sent).content.decode()
    assert "&lt;b&gt;aye&lt;/b&gt;" in asked
    assert "undone" in asked
    assert not Merge.objects.exists()
    assert page.post(f"{CLASSES}/merge", sent | {"sure": "1"}).headers["Location"] == CLASSES
    merge = Merge.objects.get()
    assert f'hx-get="{CLASSES}/merges/{merge.pk}"' in page.get(CLASSES).content.decode()
    assert "0 of 10 tasks" in page.get(f"{CLASSES}/merges/{merge.pk}").content.decode()
    carry_out(merge.pk)
    done = page.get(f"{CLASSES}/merges/{merge.pk}").content.decode()
    assert "done" in done
    assert "hx-get" not in done


def test_a_project_without_classes_says_so(alice: Api, visit: Visit) -> None:
    schema = {"type": "number"}
    assert alice("POST", "/projects", {"slug": "heights", "name": "H", "schema": schema}).status_code == 201
    assert "not made of classes" in visit(alice).get("/projects/heights/classes").content.decode()
    assert "/projects/heights/classes" not in visit(alice).get("/projects/heights/settings").content.decode()
