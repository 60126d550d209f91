"""Pages for people who are signed in: nobody else gets past the door, and nothing of it stays in a
cache."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from crowd.errors import CrowdError
from crowd.people.models import User

P = ParamSpec("P")
Visited = TypeVar("Visited", bound=Callable[..., Any])
AUTHENTICATION_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class TooManyTries(CrowdError):
    status, code, retry_after = 429, "too_many_tries", 60


class PersonRequest(HttpRequest):
    """A request whose user is known: `signed_in` has turned everybody else away."""

    user: User
    htmx: HtmxDetails


Page = Callable[Concatenate[PersonRequest, P], HttpResponseBase]


def takes_files(page: Visited) -> Visited:
    """Let forms of this page bring files; what is longer than a form without them is refused
    elsewhere."""
    page.max_body = settings.UPLOAD_MAX_BYTES  # type: ignore[attr-defined]
    return page


def signed_in(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Show the page to people who are signed in; send others to sign in first.

    A part of a page that is asked for after the session has ended has its page load again, and so
    ends there too.
    """
    to_person = login_required(page)

    def visit(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "htmx", False) and not request.user.is_authenticated:
            return HttpResponseClientRefresh()
        response: HttpResponseBase = to_person(request, *args, **kwargs)  # type: ignore[arg-type]
        patch_cache_control(response, private=True, no_store=True)
        return response

    functools.update_wrapper(visit, page)
    return visit


def private(page: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Keep a page about an account out of every cache."""

    @functools.wraps(page)
    def visit(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = page(*args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return visit


def site(request: HttpRequest) -> dict[str, bool]:
    """What every page may ask of the site."""
    return {"mail_works": settings.MAIL_WORKS}


def limited(request: HttpRequest, action: str, key: str | None = None) -> None:
    """Count a try that changes something, by the rates of this action. Raises TooManyTries."""
    if not ratelimit.consume(request, action=action, key=key):
        raise TooManyTries(_("There were too many tries. Try again in a minute."))
