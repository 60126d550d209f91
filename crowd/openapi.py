"""How the API document describes what the framework does not know: keys, strict bodies, problems."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension

from crowd.errors import PROBLEM_TYPE


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "crowd.people.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key, made on the API keys page."}


class StrictBody(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Bodies with fields we do not know are refused, and the document says so."""

    target_class = "crowd.api.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False} if direction == "request" else schema


def add_problem_response(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Document that every operation may answer with a problem (a post-processing hook of the OpenAPI generator)."""
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
    answer = {
        "description": "The error, as RFC 9457 describes.",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", answer)
    return result
