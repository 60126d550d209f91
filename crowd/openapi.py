"""How the API document describes what the framework does not know: keys, strict bodies,
problems."""

import threading
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from crowd.errors import PROBLEM_TYPE

HERE = "https://crowd.invalid"  # in the document as it is kept; whoever asks reads by what address they asked
_rendered: dict[type[BaseRenderer], bytes] = {}
_rendering = threading.Lock()  # the generator is no thread's friend


class SchemaView(SpectacularAPIView):
    """The document, as YAML or JSON: worked out once a process, for it takes a second."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        document = _document(renderer).replace(HERE.encode(), _address(request._request).encode())
        return HttpResponse(document, content_type=renderer.media_type)


def _document(renderer: BaseRenderer) -> bytes:
    with _rendering:
        if type(renderer) not in _rendered:
            document = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
            _rendered[type(renderer)] = cast(bytes, renderer.render(document, renderer_context={}))
        return _rendered[type(renderer)]


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri(settings.FORCE_SCRIPT_NAME or "/").rstrip("/")


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "crowd.people.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key, made on the API keys page."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "crowd.people.authentication.BrowserAuthentication"
    name = "cookieAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class StrictBody(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Bodies with fields we do not know are refused, and the document says so."""

    target_class = "crowd.api.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False} if direction == "request" else schema


IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The same request with the same key is done once, and answered the same each time, for a day.",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` of a reply that you have: 304 without a body says that it still holds.",
}
ETAG = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "Another one whenever the reply says something else. None while labels are being worked out.",
    }
}
STATUSES = {
    "400": "The request is at fault; `errors` say where.",
    "401": "No key, or one that is not valid.",
    "403": "Not for you, or not with this key.",
    "404": "There is no such thing, or it is not for you to see.",
    "429": "Too much for now; `Retry-After` says for how many seconds.",
}
STATUSES_OF_BODIES = {
    "413": "The body is too large.",
    "415": "The body's type or encoding is not read.",
}
STATUSES_OF_POSTS = {"422": "The Idempotency-Key was used for another request."}


def add_what_holds_everywhere(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Document what no route says of itself: keys for retries, and refusals (a post-processing
    hook)."""
    for operations in result["paths"].values():
        for method, operation in operations.items():
            statuses = STATUSES | (STATUSES_OF_BODIES if "requestBody" in operation else {})
            if method == "post":
                operation["parameters"] = [*operation.get("parameters", []), IDEMPOTENCY_KEY]
                statuses |= STATUSES_OF_POSTS
            if "304" in operation["responses"]:
                _add_tags(operation)
            for status, meaning in statuses.items():
                operation["responses"].setdefault(status, {**PROBLEM, "description": meaning})
    return result


def _add_tags(operation: dict[str, Any]) -> None:
    operation["parameters"] = [*operation.get("parameters", []), IF_NONE_MATCH]
    operation["responses"]["200"]["headers"] = ETAG
    operation["responses"]["304"] = {"description": "It is what you have.", "headers": ETAG}


PROBLEM = {
    "description": "The error, as RFC 9457 describes.",
    "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def add_problem_response(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Document that every operation may answer with a problem (a post-processing hook of the
    OpenAPI generator)."""
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "Stable: programs may branch on it."},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object", "additionalProperties": {}}},
        },
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", PROBLEM)
    return result
