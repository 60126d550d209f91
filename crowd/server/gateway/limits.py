"""How long a body may be, known before any of it is read."""

from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.urls import Resolver404, resolve


def most_bytes(request: Any, length: int) -> int:
    """The most that the route of this request takes; what is ordinary may come from anybody to
    anywhere."""
    ordinary: int = settings.ORDINARY_BODY_MAX_BYTES
    if length <= ordinary:
        return ordinary
    path = unquote(request.path).removeprefix(settings.FORCE_SCRIPT_NAME or "")
    try:
        view = resolve(path).func
    except Resolver404:
        return ordinary
    return getattr(getattr(view, "view_class", view), "max_body", ordinary)
