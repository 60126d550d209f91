"""With a second kind of answer, whatever is said of schemas and methods depends on which it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from crowd.projects.answer_kinds import registered
from crowd.projects.models import Project
from tests.cast import Api
from tests.pages.conftest import Visit
from tests.quality.kinds.mood import Mood, offered

MOODY = {"slug": "moods", "name": "Moods", "schema": {"type": "mood", "least": 1}}
BIRDS: dict[str, Any] = {"slug": "birds", "name": "Birds", "schema": {"type": "choice", "classes": ["yes", "no"]}}


@pytest.fixture(autouse=True)
def mood() -> Iterator[None]:
    with offered(Mood()):
        yield


def fault_of(reply: Any) -> tuple[str, str]:
    fault = reply.json()["errors"][0]
    return fault["field"], fault["code"]


def test_a_schema_is_read_by_the_rules_of_its_kind(alice: Api) -> None:
    assert alice("POST", "/projects", MOODY).json()["schema"] == MOODY["schema"]
    reply = alice("POST", "/projects", {**BIRDS, "schema": {"type": "choice", "least": 1}})
    assert fault_of(reply) == ("schema.least", "unknown")


def test_a_project_keeps_its_kind(alice: Api, project: Project) -> None:
    reply = alice("PATCH", "/projects/birds", {"schema": MOODY["schema"]})
    assert fault_of(reply) == ("schema.type", "answer_type_in_use")
    assert alice("GET", "/projects/birds").json()["schema"]["type"] == "choice"


@pytest.mark.parametrize(("body", "method"), [(MOODY, "majority"), (BIRDS, "mean-mood")])
def test_a_method_of_another_kind_is_refused(alice: Api, body: dict[str, Any], method: str) -> None:
    wanted = ("quality.method", "unknown_method")
    assert fault_of(alice("POST", "/projects", {**body, "quality": {"method": method}})) == wanted
    alice("POST", "/projects", body)
    assert fault_of(alice("PATCH", f"/projects/{body['slug']}", {"quality": {"method": method}})) == wanted


def test_a_replay_takes_no_method_of_another_kind(alice: Api, project: Project, visit: Visit) -> None:
    reply = alice("POST", "/projects/birds/replays", {"policy": {"method": "mean-mood"}})
    assert (reply.status_code, reply.json()["code"], fault_of(reply)) == (
        400,
        "invalid_policy",
        ("policy.method", "unknown_method"),
    )
    offered = visit(alice).get("/projects/birds/budget").context["form"].fields["method"].choices
    assert ("mean-mood", "mean-mood") not in offered
    assert ("majority", "majority") in offered


def test_the_form_asks_what_the_kind_wants_to_know(alice: Api, visit: Visit) -> None:
    first, chosen = (visit(alice).get(f"/projects/new{query}") for query in ("", "?type=mood"))
    assert "classes" in first.context["form"].fields
    assert "classes" not in chosen.context["form"].fields
    assert [value for value, _ in chosen.context["form"].fields["method"].choices] == ["auto", "mean-mood"]
    assert "Least mood" in chosen.content.decode()
    for page in (first, chosen):
        assert 'href="?type=mood"' in page.content.decode()


def test_no_kind_is_offered_by_another_name(alice: Api, visit: Visit) -> None:
    reply = visit(alice).get("/projects/new?type=guess")
    assert (reply.status_code, "form" in (reply.context or {})) == (404, False)


def test_the_api_document_tells_the_kinds_apart() -> None:
    document = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    parts = document["components"]["schemas"]
    mapping = parts["SchemaRequest"]["discriminator"]["mapping"]
    shapes = {name: parts[reference.rpartition("/")[2]] for name, reference in mapping.items()}
    assert set(shapes) == set(registered())
    assert set(shapes["choice"]["properties"]) == {"type", "classes"}
    assert set(shapes["mood"]["properties"]) == {"type", "least", "most"}
    for name, shape in shapes.items():
        assert parts[shape["properties"]["type"]["$ref"].rpartition("/")[2]]["enum"] == [name]
        assert shape["additionalProperties"] is False
