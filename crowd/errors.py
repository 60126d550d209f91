"""Errors have names; HTTP meets them once, here, as RFC 9457 problem documents."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware import csrf
from django.shortcuts import render
from django.utils.translation import gettext as _

from crowd import room

API_PREFIX = "/api/"
PROBLEM_TYPE = "application/problem+json"
# What the driver raises when it is refused, cut off, kept waiting or left with a connection that
# has ended.
DATABASE_IS_AWAY = (OperationalError, InterfaceError)

log = logging.getLogger(__name__)

Fault = dict[str, Any]  # {"field" or "line", "code", "detail"}


class CrowdError(Exception):
    """A mistake the caller can fix. Subclasses set the status and the stable code; the text says
    what to do next."""

    status: int = 400
    code: str = "invalid"
    detail: str = ""
    retry_after: int | None = None

    def __init__(self, detail: str = "", *, errors: list[Fault] | None = None) -> None:
        self.detail = detail or str(self.detail)
        self.errors = errors or []
        super().__init__(self.detail)


class TooLarge(CrowdError):
    status, code = 413, "too_large"


class LengthRequired(CrowdError):
    status, code = 411, "length_required"


class Unavailable(CrowdError):
    """The database does not answer. What was asked for may be done or not: the same request again
    settles it."""

    status, code, retry_after = 503, "unavailable", 5

    def __init__(self) -> None:
        super().__init__(_("The database does not answer. Try again in a moment."))


class NoRoom(CrowdError):
    """The disk of the server or of its database is full. Nothing of the request was stored."""

    status, code, retry_after = 507, "storage_full", 60

    def __init__(self) -> None:
        super().__init__(
            _("There is no room left on the server's disk: nothing was stored. Try again when its operator made room.")
        )


def named(exception: BaseException | None) -> CrowdError | None:
    """The named error that an exception stands for, if any: a full disk and a database that is away
    have names too."""
    if isinstance(exception, CrowdError):
        return exception
    if room.is_why(exception):
        log.error("No room to store what came with a request: %s", exception)
        room.note()
        return NoRoom()
    return Unavailable() if isinstance(exception, DATABASE_IS_AWAY) else None


def problem(*, status: int, code: str, detail: str, errors: list[Fault] | None = None) -> dict[str, Any]:
    """The RFC 9457 document of one error; `code` is stable, `detail` is for people."""
    document: dict[str, Any] = {
        "type": f"urn:crowd:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        document["errors"] = errors
    return document


def render_problem(request: HttpRequest, error: CrowdError) -> HttpResponse:
    """The error as JSON to programs and as a page to people."""
    response: HttpResponse
    if request.path_info.startswith(API_PREFIX):
        document = problem(status=error.status, code=error.code, detail=error.detail, errors=error.errors)
        response = JsonResponse(document, status=error.status, content_type=PROBLEM_TYPE)
    else:
        response = render(request, "error.html", {"error": error}, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


class ProblemMiddleware:
    """Renders what views outside the API framework raise: named errors, a database that is away, a
    full disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:  # which no name holds, and no database takes
            return page_not_found(request, Http404())
        if "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, ValueError())
        try:
            return self.get_response(request)
        except (*DATABASE_IS_AWAY, OSError) as exception:
            if error := named(exception):
                return render_problem(request, error)
            raise

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        error = named(exception)
        return render_problem(request, error) if error else None


def _error(status: int, code: str, detail: str) -> CrowdError:
    error = CrowdError(detail)
    error.status, error.code = status, code
    return error


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_problem(request, _error(400, "bad_request", _("The request could not be understood.")))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_problem(request, _error(403, "permission_denied", _("You may not do this.")))


def page_not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    return render_problem(request, _error(404, "not_found", _("There is nothing here.")))


def server_error(request: HttpRequest) -> HttpResponse:
    if error := named(sys.exception()):  # outside of any view: a session is stored after it
        return render_problem(request, error)
    return render_problem(request, _error(500, "server_error", _("Something went wrong on our side.")))


class CsrfFailed(CrowdError):
    """A browser sent it, and not necessarily because the person in front of it wanted that."""

    status, code = 403, "csrf_failed"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    why = another_site(request, reason) or _("This form is out of date. Reload the page.")
    return render_problem(request, CsrfFailed(why))


def another_site(request: HttpRequest, reason: str) -> str:
    """What to do where what we got seems to be somebody else's, because of how the site is set up;
    empty elsewhere."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin and reason == csrf.REASON_BAD_ORIGIN % origin:
        text = _(
            "This was sent from {origin}, and this site believes it is at {here}. If you run it: have the proxy "
            "pass the Host header on with its port, and name the proxy in TRUSTED_PROXIES; or set SITE_URL={origin}."
        )
        return text.format(origin=origin, here=f"{request.scheme}://{request.get_host()}")
    return ""
