"""Who is asking: a program by its key, a browser by its session."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import authentication
from rest_framework.authentication import CSRFCheck
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crowd.errors import CrowdError, CsrfFailed, another_site
from crowd.people.models import ApiKey, Scope, User

if TYPE_CHECKING:  # the framework imports this module while its views are still loading
    from rest_framework.views import APIView


class InvalidApiKey(CrowdError):
    status, code = 401, "invalid_api_key"


class ApiKeyExpired(CrowdError):
    status, code = 401, "api_key_expired"


class ScopeMissing(CrowdError):
    status, code = 403, "scope_missing"


class WorkerRequest(Request):
    """A request whose user is known: the default permission has turned everybody else away."""

    user: User
    auth: ApiKey | None


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <key>`."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = ApiKey.objects.find(secret.strip())
        if key is None or key.revoked_at is not None or not key.user.is_active:
            raise InvalidApiKey(_("This API key is not valid. Make a new one on the API keys page."))
        if key.expired:
            raise ApiKeyExpired(_("This API key has expired. Make a new one on the API keys page."))
        key.touch()
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BrowserAuthentication(authentication.SessionAuthentication):
    """The session of somebody who has signed in on a page."""

    def enforce_csrf(self, request: Request) -> None:
        check = CSRFCheck(_no_view)
        check.process_request(request._request)
        refusal = check.process_view(request._request, _no_view, (), {})
        if refusal:
            raise CsrfFailed(another_site(request._request, str(refusal)) or _what_to_send())


def _no_view(_request: HttpRequest) -> HttpResponse:
    """The check asks for one and calls none."""
    return HttpResponse()


def _what_to_send() -> str:
    return _(
        "This page is out of date. Reload it. (Whoever sends the cookies of a browser sends the token of its page as "
        "X-CSRFToken; programs had better use an API key.)"
    )


class ScopeAllows(BasePermission):
    """A key limited to one scope opens the routes of that scope and no others."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if isinstance(request.user, AnonymousUser) or not isinstance(request.auth, ApiKey):
            return True
        allowed = (Scope.EVERYTHING, getattr(view, "scope", Scope.EVERYTHING))
        if request.auth.scope not in allowed:
            raise ScopeMissing(_("This API key may only be used for: {scope}.").format(scope=request.auth.scope))
        return True
