"""What every API route shares: errors as JSON, strict parameters, pages of results, the error part
of the schema."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from io import BytesIO
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar, cast

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse, ExceptionHandlerContext
from rest_framework import exceptions, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.mediatypes import _MediaType
from rest_framework.views import APIView

from crowd.errors import (
    PROBLEM_TYPE,
    CrowdError,
    Fault,
    LengthRequired,
    TooLarge,
    named,
    problem,
)

MAX_PAGE = 1000
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # in JSON; behind a backslash that is escaped itself it is plain text
MOST_VALUES = 4_000_000  # in one JSON text: parsed, each takes some 60 bytes, however short it is written


class _Named(exceptions.APIException):
    """Carries a CrowdError through the framework's handling."""

    def __init__(self, error: CrowdError) -> None:
        super().__init__(detail=error.detail, code=error.code)
        self.status_code = error.status
        self.wait = error.retry_after
        self.faults = error.errors


class ProblemHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if error := named(exc):
            return _Named(error)
        return super().convert_known_exceptions(exc)

    def get_response(self, exc: exceptions.APIException, data: dict[str, Any]) -> Response:
        response: Response = super().get_response(exc, data)
        response.content_type = PROBLEM_TYPE
        return response


class ProblemFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        status = self.exc.status_code
        if isinstance(self.exc, _Named):
            first = error_response.errors[0]
            return problem(status=status, code=first.code, detail=first.detail, errors=self.exc.faults)
        if isinstance(self.exc, exceptions.ValidationError):
            faults: list[Fault] = [
                {"field": error.attr or "body", "code": error.code, "detail": error.detail}
                for error in error_response.errors
            ]
            detail = f"{faults[0]['field']}: {faults[0]['detail']}"
            return problem(status=status, code="invalid", detail=detail, errors=faults)
        first = error_response.errors[0]
        return problem(status=status, code="server_error" if status == 500 else first.code, detail=first.detail)


def problem_handler(exc: Exception, context: ExceptionHandlerContext) -> Response | None:
    """The framework's exception hook: every error of the API leaves through here."""
    response: Response | None = ProblemHandler(exc, context).run()
    return response


def storable(data: Any) -> bool:
    """Whether a database can hold this JSON: no infinite number, no NUL and no half of a surrogate
    pair in any text."""
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return False
    return NUL.search(text) is None


class StrictJSONParser(JSONParser):
    """JSON as the framework reads it, without what no database stores and without nesting that no
    stack holds."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        text: bytes = stream.read()
        if sum(map(text.count, (b"[", b"{", b","))) > MOST_VALUES:
            raise TooLarge(_("The JSON holds more than {n} values. Send it in parts.").format(n=MOST_VALUES))
        try:
            data = super().parse(BytesIO(text), media_type, parser_context)
            storable_data = storable(data)
        except RecursionError as error:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from error
        if not storable_data:
            raise exceptions.ParseError(_("The JSON holds an infinite number, a NUL or half a surrogate pair."))
        return data


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know, so that a misspelt option is an error and not a silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            if unknown:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail(_("There is no such field."), code="unknown") for name in unknown}
                )
        return super().to_internal_value(data)


class TypedSerializer(StrictSerializer):
    """And values of another JSON type than the document says: 0 is no answer to yes or no, and "1"
    is no number. For bodies that are JSON alone."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            fields = ((name, field) for name, field in self.fields.items() if data.get(name) is not None)
            wrong = [name for name, field in fields if not _is_of_type(field, data[name])]
            if wrong:
                message = _("It is of another type than is asked for.")
                fault = serializers.ErrorDetail(message, code="invalid")
                raise serializers.ValidationError({name: [fault] for name in wrong})
        return super().to_internal_value(data)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _is_of_type(field: Any, value: Any) -> bool:
    """Whether a value is what JSON calls by the name that the document has for the field."""
    match field:
        case serializers.BooleanField():
            return isinstance(value, bool)
        case serializers.IntegerField():
            return not isinstance(value, bool) and (isinstance(value, int) or _is_whole(value))
        case serializers.FloatField():
            return not isinstance(value, bool) and isinstance(value, int | float)
        case serializers.CharField():
            return isinstance(value, str)
        case serializers.DictField():
            return isinstance(value, Mapping) and all(_is_of_type(field.child, each) for each in value.values())
    return True


Handler = TypeVar("Handler", bound=Callable[..., Response])


def without_body(handler: Handler) -> Handler:
    """Refuse a body: whoever sends one believes that it says how far the request goes."""

    @wraps(handler)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        return handler(view, request, *args, **kwargs)

    return cast(Handler, run)


class Query(StrictSerializer):
    """The query string of a route; a route that takes more declares a subclass."""


class PageQuery(Query):
    limit = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, required=False)
    cursor = serializers.CharField(required=False)


class UnsupportedEncoding(CrowdError):
    status, code = 415, "unsupported_encoding"


class Negotiation(DefaultContentNegotiation):
    """Grants what a route sends beside JSON, and problems, to those who ask for nothing else."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        view = (request.parser_context or {}).get("view")
        sent = [_MediaType(name) for name in (*getattr(view, "media_types", ()), PROBLEM_TYPE)]
        if any(each.match(_MediaType(asked)) for each in sent for asked in self.get_accept_list(request)):
            first = next(iter(renderers))
            return first, first.media_type or ""
        return super().select_renderer(request, renderers, format_suffix)


class ApiView(APIView):
    """A route under /api/v1. `parameters` holds its checked query string; `max_body` is in bytes,
    and the web server refuses what is longer before it is read."""

    max_body: ClassVar[int] = settings.ORDINARY_BODY_MAX_BYTES
    media_types: ClassVar[Sequence[str]] = ()  # what it sends that is not JSON

    reads_count: ClassVar[bool] = True  # among those an account has in an hour

    content_negotiation_class = Negotiation
    parser_classes: Sequence[type[BaseParser]] = (StrictJSONParser,)
    query: ClassVar[type[Query]] = Query
    parameters: Mapping[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise exceptions.MethodNotAllowed(method.upper())  # before anything is looked for or read
        if "Transfer-Encoding" in request.headers:
            raise LengthRequired(_("Send the body with a Content-Length, not in chunks."))
        if request.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise UnsupportedEncoding(_("Send the body as it is, not compressed."))
        if int(request.headers.get("Content-Length") or 0) > self.max_body:
            raise TooLarge(_("The body may have at most {n} bytes. Send it in parts.").format(n=self.max_body))
        self.parameters = self._checked(request.META.get("QUERY_STRING", ""), method)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What may be asked of this address is in `Allow`."""
        return Response(status=204)

    @classmethod
    def query_of(cls, method: str) -> type[Query]:
        """What a query string may hold; `method` in lower case."""
        return cls.query

    @classmethod
    @lru_cache(maxsize=1000)
    def _checked(cls, query_string: str, method: str) -> Mapping[str, Any]:
        """The parameters in a query string. Most requests have one of a few, or none."""
        query = cls.query_of(method)(data=QueryDict(query_string).dict())
        query.is_valid(raise_exception=True)
        return MappingProxyType(query.validated_data)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Whatever the API says is for this caller and this moment, unless the route says
        otherwise."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if not final.has_header("Cache-Control"):
            final["Cache-Control"] = "private, no-store"
        return final


class Pages(CursorPagination):
    """`{"results": […], "next": url or null}`, walked by a cursor so that page 1,000 costs what
    page 1 does."""

    page_size = 100
    page_size_query_param = "limit"
    max_page_size = MAX_PAGE
    ordering = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, exceptions.NotFound) as error:
            raise exceptions.ValidationError(
                {"cursor": _("This is no cursor of this list. Follow `next` as it is.")}
            ) from error

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})


def page_of(item: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    """How the API document describes a page of such items."""
    fields = {"results": item(many=True), "next": serializers.URLField(allow_null=True)}
    return inline_serializer(f"{item.__name__.removesuffix('Serializer')}Page", fields)
