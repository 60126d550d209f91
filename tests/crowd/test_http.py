"""What every client of HTTP may expect: media types, encodings, methods, and a document that tells
the truth."""

import gzip
import json
from typing import Any

import pytest
from django.urls import reverse

from crowd.projects.models import Project
from tests.cast import Api
from tests.crowd.test_routes import ROUTES


@pytest.fixture
def document(alice: Api) -> Any:
    return alice("GET", "/schema", Accept="application/vnd.oai.openapi+json").json()


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, op) for path, ops in document["paths"].items() for method, op in ops.items()]


@pytest.mark.parametrize(
    ("suffix", "accept"),
    [
        ("csv", "text/csv"),
        ("csv", "text/*"),
        ("jsonl", "application/x-ndjson"),
        ("parquet", "application/vnd.apache.parquet"),
        ("csv", "application/json"),
    ],
)
def test_an_export_may_be_asked_for_by_its_own_type(alice: Api, tasks: Project, suffix: str, accept: str) -> None:
    reply = alice("GET", f"/projects/birds/labels.{suffix}", Accept=accept)
    assert reply.status_code == 200
    assert b"t0" in b"".join(reply)


def test_asking_for_problems_is_asking_for_json(alice: Api, project: Project) -> None:
    assert alice("GET", "/projects/birds", Accept="application/problem+json").json()["slug"] == "birds"
    assert alice("GET", "/projects/none", Accept="application/problem+json").json()["code"] == "project_not_found"
    assert alice("GET", "/projects/birds", Accept="text/csv").json()["code"] == "not_acceptable"


def test_a_compressed_body_is_refused_by_name(alice: Api) -> None:
    body = gzip.compress(json.dumps({"name": "Birds"}).encode())
    headers = {"Authorization": f"Bearer {alice.key}", "Content-Encoding": "gzip"}
    reply = alice.client.generic("POST", "/api/v1/projects", body, "application/json", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_encoding")


@pytest.mark.parametrize("path", ["/projects", "/projects/birds", "/projects/birds/labels.csv", "/projects/birds/gold"])
def test_allow_names_what_is_allowed_and_nothing_else(alice: Api, project: Project, path: str) -> None:
    asked = alice("OPTIONS", path)
    assert (asked.status_code, asked.content) == (204, b"")
    assert not asked.has_header("Content-Length")  # RFC 9110, section 8.6
    allowed = {method.strip() for method in asked["Allow"].split(",")}
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "TRACE", "DELETE"):
        assert (alice(method, path).status_code != 405) == (method in allowed)


def test_the_document_says_what_comes_back(document: Any) -> None:
    returned = {op["operationId"]: op["responses"] for _path, _method, op in operations(document)}
    for name in ("take_back_response", "withdraw_promoted_gold"):
        assert "204" not in returned[name]
        assert "application/json" in returned[name]["200"]["content"]
    for statuses in returned.values():
        assert {"400", "401", "403", "404", "429"} <= statuses.keys()


def test_every_post_documents_its_key_for_retries(document: Any) -> None:
    posts = [op for _path, method, op in operations(document) if method == "post"]
    assert posts
    for op in posts:
        assert "Idempotency-Key" in [each["name"] for each in op["parameters"] if each["in"] == "header"]


def test_the_document_speaks_to_its_readers_and_shows_nothing_internal(document: Any) -> None:
    internal = {" ".join((view.__doc__ or "").split()) for _path, view in ROUTES}
    for path, method, op in operations(document):
        text = " ".join(op.get("description", "").split())
        assert text, (path, method)
        assert text not in internal, (path, method)


def test_the_document_says_where_it_is_served_and_what_webhooks_are_sent(document: Any) -> None:
    assert document["servers"] == [{"url": "http://testserver"}]
    (made,) = [op for _path, _method, op in operations(document) if op["operationId"] == "make_webhook"]
    event = made["callbacks"]["event"]["{$request.body#/url}"]["post"]["requestBody"]["content"]["application/json"]
    fields = document["components"]["schemas"][event["schema"]["$ref"].rpartition("/")[2]]["properties"]
    assert set(fields) == {"id", "kind", "project", "created_at", "data"}
    assert reverse("schema") == "/api/v1/schema"


def test_method_that_a_route_has_not_is_refused_whatever_is_there(alice: Api) -> None:
    reply = alice("TRACE", "/projects/nowhere/webhooks")

    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
    assert set(reply["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}
