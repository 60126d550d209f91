"""Tasks come in through the API: all or none, and the same again changes nothing."""

from typing import Any

import pytest

from crowd.projects.models import Project
from quality.models import GoldAnswer
from tasks.models import Task
from tests.cast import NO, Api

URL = "/projects/birds/tasks"


def task(name: str, **more: object) -> dict[str, Any]:
    return {"external_id": name, "data": {"text": name}, **more}


def test_new_changed_and_equal_tasks_are_told_apart(project: Project, alice: Api) -> None:
    alice("POST", URL, {"tasks": [task("a"), task("b"), task("c", gold={"answer": "yes"})]})
    reply = alice(
        "POST", URL, {"tasks": [task("a"), task("b", priority=5), task("c", gold={"answer": "no"}), task("d")]}
    )
    assert (reply.status_code, reply.json()) == (201, {"created": 1, "updated": 2, "unchanged": 1})
    assert Task.objects.get(external_id="b").priority == 5
    assert GoldAnswer.objects.get().answer == NO


def test_sending_the_same_again_changes_nothing(project: Project, alice: Api) -> None:
    body = {"tasks": [task("a", gold={"answer": "yes", "explanation": "blue"}), task("b")]}
    alice("POST", URL, body)
    assert alice("POST", URL, body).json() == {"created": 0, "updated": 0, "unchanged": 2}


def test_a_value_of_another_type_is_a_change_and_the_same_value_is_none(project: Project, alice: Api) -> None:
    values: list[Any] = [1, True, 1.0, 1e22, 1e22, -0.0, "1", None, [0], [False], [False]]
    outcomes = [alice("POST", URL, {"tasks": [{"external_id": "a", "data": {"x": x}}]}).json() for x in values]
    assert [outcome["updated"] for outcome in outcomes] == [0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize("character", ["x", "\n", '"', "\\", "\u00e9", "\U0001f600", "\u2028"])
def test_a_text_has_as_many_characters_as_it_shows(project: Project, alice: Api, character: str) -> None:
    longest, longer = ({"external_id": "a", "data": {"text": character * n}} for n in (100_000, 100_001))
    assert alice("POST", URL, {"tasks": [longest]}).status_code == 201
    assert alice("POST", URL, {"tasks": [longer]}).json()["errors"][0]["code"] == "too_long"
    nested = {"external_id": "a", "data": {"texts": [{"a": character * 60_000}, [character * 60_000]]}}
    assert alice("POST", URL, {"tasks": [nested]}).json()["errors"][0]["code"] == "too_long"


def test_a_backslash_and_what_stands_behind_it_is_text(project: Project, alice: Api) -> None:
    texts = ["\\u0000", "\\\\u0000", "C:\\users", "\\"]
    tasks = [{"external_id": str(n), "data": {"text": text}} for n, text in enumerate(texts)]
    assert alice("POST", URL, {"tasks": tasks}).status_code == 201
    assert list(Task.objects.order_by("external_id").values_list("data__text", flat=True)) == texts
    for text in ("\0", "\\\0", "\\\\\0"):
        assert alice("POST", URL, {"tasks": [{"external_id": "x", "data": {"text": text}}]}).status_code == 400


@pytest.mark.parametrize(
    ("bad", "field", "code"),
    [
        ({"data": {"text": "x"}}, "tasks.1.external_id", "required"),
        ({"external_id": "x"}, "tasks.1.data", "required"),
        ({"external_id": "x", "data": {}}, "tasks.1.data", "empty"),
        ({"external_id": "x" * 301, "data": {"text": "x"}}, "tasks.1.external_id", "max_length"),
        ({"external_id": "x", "data": {"text": "x"}, "prio": 1}, "tasks.1.prio", "unknown"),
        (
            {"external_id": "x", "data": {"text": "x"}, "gold": {"answer": "maybe"}},
            "tasks.1.gold.answer",
            "invalid_answer",
        ),
        ({"external_id": "a", "data": {"text": "x"}}, "tasks.1.external_id", "repeated"),
        ("x", "tasks.1", "invalid"),
    ],
)
def test_one_bad_task_refuses_all_and_is_named(
    project: Project, alice: Api, bad: object, field: str, code: str
) -> None:
    reply = alice("POST", URL, {"tasks": [task("a"), bad]})
    fault = reply.json()["errors"][0]
    assert (reply.status_code, fault["field"].removesuffix(".non_field_errors"), fault["code"]) == (400, field, code)
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "text", ['"\\u0000"', '"\\ud800"', "NaN", "1e999", "[" * 100_000, "{torn", '"' + "x" * 200_000 + '"', "1" * 5000]
)
def test_json_that_no_database_stores_is_refused(project: Project, alice: Api, text: str) -> None:
    body = f'{{"tasks": [{{"external_id": "a", "data": {{"text": {text}}}}}]}}'
    assert alice("POST", URL, body).status_code == 400
    assert not Task.objects.exists()


@pytest.mark.parametrize("body", [{}, {"tasks": []}, {"tasks": None}, {"tasks": "x"}, [], "x", 3, None])
def test_a_body_without_tasks_is_refused(project: Project, alice: Api, body: object) -> None:
    assert alice("POST", URL, body).status_code == 400


def test_only_those_who_manage_may_add(project: Project, bob: Api, charlie: Api) -> None:
    body = {"tasks": [task("a")]}
    assert [a("POST", URL, body).status_code for a in (bob, charlie)] == [403, 404]


def test_ten_thousand_tasks_take_few_statements(
    project: Project, alice: Api, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(250):
        reply = alice("POST", URL, {"tasks": [task(f"t{n}") for n in range(10_000)]})
    assert reply.json() == {"created": 10_000, "updated": 0, "unchanged": 0}
