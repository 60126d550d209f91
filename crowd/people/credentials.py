"""Who is let in with a large body, before it is read: anybody whose key or session is good. The
rest is asked later."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from crowd.people.models import ApiKey


def has_credentials(request: HttpRequest) -> bool:
    """Whether the request comes with a key or from a session that is valid now."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        key = ApiKey.objects.find(secret.strip())
        return key is not None and key.revoked_at is None and not key.expired and key.user.is_active
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return bool(session) and SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(session)
