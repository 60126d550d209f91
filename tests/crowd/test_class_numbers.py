"""Each class has a number of its own for good, which only the service sees."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from crowd.projects.classes import Schema, by_number, class_numbers, numbered, numbers
from crowd.projects.models import Project
from crowd.projects.ownership import create_project
from tests.cast import Api

MIGRATION = import_module("crowd.projects.migrations.0011_numbers_of_classes")
BIRDS = "/projects/birds"


def choice(*names: str) -> Schema:
    return {"type": "choice", "classes": [{"name": name} for name in names]}


def stored() -> Schema:
    schema: Schema = Project.objects.get(slug="birds").schema
    return schema


def test_classes_are_numbered_in_the_order_of_their_definition(alice: Api, project: Project) -> None:
    assert class_numbers(stored()) == {"yes": 0, "no": 1}
    assert (numbers(stored()), by_number(stored())[1]) == ([0, 1], {"name": "no", "number": 1})


def test_a_new_class_gets_the_next_number_and_the_others_keep_theirs(alice: Api, project: Project) -> None:
    alice("PATCH", BIRDS, {"schema": choice("yes", "no", "maybe")})
    alice("PATCH", BIRDS, {"schema": choice("yes", "no", "maybe", "both")})
    assert class_numbers(stored()) == {"yes": 0, "no": 1, "maybe": 2, "both": 3}


def test_what_else_is_said_of_a_class_leaves_its_number(alice: Api, project: Project) -> None:
    classes = [{"name": "yes", "title": "Yes!", "color": "#00ff00"}, {"name": "no", "key": "n"}]
    alice("PATCH", BIRDS, {"schema": {"type": "choice", "classes": classes}})
    assert stored()["classes"] == [{**classes[0], "number": 0}, {**classes[1], "number": 1}]


@pytest.mark.parametrize("names", [("no", "yes"), ("yes", "nope"), ("yes", "maybe", "no")])
def test_a_refused_change_leaves_the_numbers(alice: Api, project: Project, names: tuple[str, ...]) -> None:
    assert alice("PATCH", BIRDS, {"schema": choice(*names)}).json()["code"] == "classes_in_use"
    assert class_numbers(stored()) == {"yes": 0, "no": 1}


def test_a_number_is_never_given_again() -> None:
    first = numbered(choice("yes", "no", "maybe"))
    fewer = numbered(choice("maybe", "yes"), before=first)
    again = numbered(choice("maybe", "yes", "no"), before=fewer)
    assert class_numbers(fewer) == {"maybe": 2, "yes": 0}
    assert class_numbers(again) == {"maybe": 2, "yes": 0, "no": 3}


def test_nobody_sees_numbers_and_what_is_shown_can_be_sent_back(alice: Api, bob: Api, project: Project) -> None:
    before = stored()
    for person in (alice, bob):
        assert person("GET", BIRDS).json()["schema"] == choice("yes", "no")
    shown = alice("GET", "/projects").json()["results"][0]["schema"]
    assert alice("PATCH", BIRDS, {"schema": shown}).json()["schema"] == choice("yes", "no")
    assert stored() == before


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({**choice("yes", "no"), "next_number": 5}, "schema.next_number"),
        ({"type": "choice", "classes": ["yes", {"name": "no", "number": 5}]}, "schema.classes.1.number"),
    ],
)
def test_nobody_gives_numbers(alice: Api, project: Project, schema: object, field: str) -> None:
    fault = alice("PATCH", BIRDS, {"schema": schema}).json()["errors"][0]
    assert (fault["field"], fault["code"]) == (field, "unknown")


def test_projects_from_before_are_numbered_by_position(project: Project, alice: Api) -> None:
    other = create_project(owner=alice.user, slug="other", name="Other", schema=choice("b", "c", "a"))
    Project.objects.filter(pk=project.pk).update(schema=choice("yes", "no"), deleted_at=Now())
    Project.objects.filter(pk=other.pk).update(schema=choice("b", "c", "a"))
    migrate(MIGRATION.number)
    rows = Project._base_manager.order_by("pk").values_list("schema", flat=True)
    assert list(rows) == [numbered(choice("yes", "no")), numbered(choice("b", "c", "a"))]


def test_the_way_back_forgets_numbers(project: Project) -> None:
    migrate(MIGRATION.forget_numbers)
    assert stored() == choice("yes", "no")


def migrate(step: Callable[[Any, Any], None]) -> None:
    """Take the migration's step as it sees the models."""
    state = MigrationLoader(connection).project_state(("projects", "0010_applied_order"))
    step(state.apps, connection.schema_editor())
