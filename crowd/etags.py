"""Replies that a client may have already: each has a tag, and who names the tag of now gets 304 and
no body."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

ASK_AGAIN = "private, no-cache"  # keep it, and ask each time whether it still holds
PACKAGES = ("crowd", "tasks", "quality")


def unless_known(request: Request, shown: object | None, reply: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The reply with its tag; 304 to those who have it, and then none is made.

    shown: what is another one whenever the reply would be, apart from the address and the language.
        None where nothing tells: that reply has no tag.
    """
    tag = None if shown is None else _tag(request.build_absolute_uri(), get_language(), _code(), shown)
    return _with_tag(Response(status=304) if _is_known(request, tag) else reply(), tag)


def unless_the_same(request: Request, response: Response) -> HttpResponseBase:
    """The same for a reply that is as soon made as its tag, which then rests on all that it
    says."""
    tag = _tag(json.dumps(response.data, cls=JSONEncoder))
    return _with_tag(Response(status=304) if _is_known(request, tag) else response, tag)


def _tag(*parts: object) -> str:
    """A weak one: the same things are said, and the bytes may differ."""
    return f'W/"{hashlib.blake2s(repr(parts).encode(), digest_size=16).hexdigest()}"'


def _is_known(request: Request, tag: str | None) -> bool:
    """Whether `If-None-Match` names this tag, weak or strong, or any (RFC 9110, 13.1.2). What is no
    tag is ignored."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if known == ["*"]:
        return True
    return tag is not None and tag.removeprefix("W/") in {each.removeprefix("W/") for each in known}


def _with_tag(response: HttpResponseBase, tag: str | None) -> HttpResponseBase:
    response["Cache-Control"] = ASK_AGAIN
    if tag is not None:
        response["ETag"] = tag
    return response


@cache
def _code() -> str:
    """What makes the replies: another version of it may say the same things in another form."""
    digest = hashlib.blake2s()
    root = Path(__file__).resolve().parent.parent
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
