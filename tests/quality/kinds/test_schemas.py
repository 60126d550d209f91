"""What every kind of answer has to say of the schemas of projects."""

from typing import Any

import pytest

from crowd.projects.answer_kinds import registered
from crowd.projects.knobs import KNOBS
from crowd.projects.models import Project
from crowd.projects.schema import ANNOUNCED_TYPES
from tests.cast import Api
from tests.pages.conftest import Visit
from tests.quality.kinds.schemas import EXAMPLES, Rest

PROJECT = "/projects/birds"
KINDS = sorted(EXAMPLES)


def cases(part: str) -> list[Any]:
    """Kind and case, of one part of every example."""
    return [(name, case) for name, example in EXAMPLES.items() for case in getattr(example, part)]


def made(alice: Api, name: str, schema: Rest) -> Any:
    return alice("POST", "/projects", {"slug": "birds", "name": "Birds", "schema": {"type": name, **schema}})


def changed(alice: Api, name: str, schema: Rest) -> Any:
    return alice("PATCH", PROJECT, {"schema": {"type": name, **schema}})


def stored() -> Any:
    return Project.objects.get(slug="birds").schema


def test_every_kind_has_an_example() -> None:
    assert set(registered()) == set(EXAMPLES)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_given_comes_back_and_can_be_sent_back(alice: Api, name: str) -> None:
    schema = {"type": name, **EXAMPLES[name].good}
    assert made(alice, name, EXAMPLES[name].good).json()["schema"] == schema
    before = stored()
    shown = alice("GET", PROJECT).json()["schema"]
    assert alice("PATCH", PROJECT, {"schema": shown}).json()["schema"] == schema
    assert stored() == before


@pytest.mark.parametrize(("name", "case"), cases("bad"))
def test_a_bad_schema_is_refused_at_its_field(alice: Api, name: str, case: tuple[Rest, str, str]) -> None:
    schema, *wanted = case
    fault = made(alice, name, schema).json()["errors"][0]
    assert [fault["field"], fault["code"]] == wanted
    assert not Project.objects.exists()


@pytest.mark.parametrize(("name", "schema"), cases("more"))
def test_an_allowed_change_is_stored(alice: Api, name: str, schema: Rest) -> None:
    made(alice, name, EXAMPLES[name].good)
    assert changed(alice, name, schema).json()["schema"] == {"type": name, **schema}
    assert alice("GET", PROJECT).json()["schema"] == {"type": name, **schema}


@pytest.mark.parametrize(("name", "case"), cases("lost"))
def test_a_change_that_robs_answers_of_their_meaning_is_refused(
    alice: Api, name: str, case: tuple[Rest, str, str]
) -> None:
    made(alice, name, EXAMPLES[name].good)
    before = stored()
    schema, field, code = case
    reply = changed(alice, name, schema)
    assert (reply.status_code, reply.json()["code"], reply.json()["errors"][0]["field"]) == (409, code, field)
    assert stored() == before


@pytest.mark.parametrize("name", KINDS)
def test_the_form_says_what_the_api_says(alice: Api, visit: Visit, name: str) -> None:
    page, address = visit(alice), f"/projects/new?type={name}"
    fields = page.get(address).context["form"].fields
    empty = {each: field.initial for each, field in fields.items() if field.initial is not None}
    page.post(address, {**empty, "name": "Birds", "method": "auto", **EXAMPLES[name].form})
    assert alice("GET", PROJECT).json()["schema"] == {"type": name, **EXAMPLES[name].good}


def test_owners_are_asked_for_a_kind_only_where_there_are_several(alice: Api, visit: Visit) -> None:
    page = visit(alice).get("/projects/new").content.decode()
    assert ("?type=" in page) == (len(EXAMPLES) > 1)


@pytest.mark.parametrize("name", KINDS)
def test_settings_that_are_saved_as_they_are_change_no_schema(alice: Api, visit: Visit, name: str) -> None:
    made(alice, name, EXAMPLES[name].good)
    before, page = stored(), visit(alice)
    reply = page.post(f"{PROJECT}/settings", page.get(f"{PROJECT}/settings").context["form"].initial)
    assert (reply.status_code, stored()) == (302, before)


@pytest.mark.parametrize(("name", "case"), cases("lost"))
def test_settings_tell_a_refused_change_at_its_field(
    alice: Api, visit: Visit, name: str, case: tuple[Rest, str, str]
) -> None:
    made(alice, name, EXAMPLES[name].good)
    schema, field, _code = case
    page = visit(alice)
    settings = page.get(f"{PROJECT}/settings").context["form"].initial
    reply = page.post(f"{PROJECT}/settings", {**settings, **registered()[name].schema.to_form(schema)})
    assert set(reply.context["form"].errors) == {field.partition(".")[2].partition(".")[0]}


@pytest.mark.parametrize("name", KINDS)
def test_fields_of_a_kind_hide_none_of_the_others(name: str) -> None:
    fields = registered()[name].schema.form_fields().keys()
    assert not fields & {"name", "instructions", "allow_list", "type", *KNOBS}


@pytest.mark.parametrize("name", KINDS)
def test_the_methods_of_a_kind_are_offered_and_taken_and_no_others(alice: Api, visit: Visit, name: str) -> None:
    made(alice, name, EXAMPLES[name].good)
    methods = registered()[name].methods
    offered = visit(alice).get(f"{PROJECT}/settings").context["form"].fields["method"].choices
    assert [value for value, _label in offered] == list(methods)
    for method in methods:
        quality = alice("PATCH", PROJECT, {"quality": {"method": method}}).json()["quality"]
        assert quality["method"] == method
    fault = alice("PATCH", PROJECT, {"quality": {"method": "magic"}}).json()["errors"][0]
    assert (fault["field"], fault["code"]) == ("quality.method", "unknown_method")


@pytest.mark.parametrize("name", KINDS)
def test_what_is_set_if_nothing_is_said_is_a_method_of_the_kind(alice: Api, name: str) -> None:
    assert made(alice, name, EXAMPLES[name].good).json()["quality"]["method"] in registered()[name].methods


@pytest.mark.parametrize("name", sorted(set(ANNOUNCED_TYPES) - set(EXAMPLES)))
def test_kinds_that_cannot_be_collected_yet_are_refused_by_name(alice: Api, name: str) -> None:
    fault = made(alice, name, {"classes": ["yes", "no"]}).json()["errors"][0]
    assert (fault["field"], fault["code"]) == ("schema.type", "unsupported_answer_type")
    assert fault["detail"].startswith(f"Answers of type {name} can't be collected yet")


@pytest.mark.parametrize(
    ("schema", "field", "code"),
    [
        ({"classes": ["yes", "no"]}, "schema.type", "required"),
        ({"type": "guess"}, "schema.type", "unknown_answer_type"),
        ({"type": ["choice"]}, "schema.type", "invalid"),
        ("choice", "schema.non_field_errors", "invalid"),
        (None, "schema", "null"),
    ],
)
def test_a_schema_without_a_kind_is_refused(alice: Api, schema: Any, field: str, code: str) -> None:
    fault = alice("POST", "/projects", {"name": "Birds", "schema": schema}).json()["errors"][0]
    assert (fault["field"], fault["code"]) == (field, code)
