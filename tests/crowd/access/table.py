"""The table of what each request needs, and the requests that the site's list of addresses
knows."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from crowd.people.models import User
from crowd.projects.permissions import PERMISSIONS, Permission

ROW = re.compile(r"(?P<method>[A-Z]+) +(?P<route>/\S*) +(?P<need>[a-z ]+?)(?: +- (?P<case>.+))?")
PARAMETER = re.compile(r"\{(\w+)\}")
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


class Row(NamedTuple):
    method: str
    route: str
    need: str
    case: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}" + (f" - {self.case}" if self.case else "")

    @property
    def is_for_programs(self) -> bool:
        return self.route.startswith("/api/")

    @property
    def permissions(self) -> set[Permission]:
        """Those of which one is needed, if it is a matter of permissions."""
        return {Permission(each) for each in self.need.split(" or ")}

    def lets_in(self, role: str | None) -> bool:
        """Whether the permissions of this role in the project, None being none, will do."""
        return bool(self.permissions & PERMISSIONS[role]) if role else False


def read_table() -> list[Row]:
    lines = (Path(__file__).with_name("needs.txt")).read_text().splitlines()
    return [_row(line) for line in lines if line and not line.startswith("#")]


def _row(line: str) -> Row:
    found = ROW.fullmatch(line)
    assert found, line
    return Row(found["method"], found["route"], found["need"], found["case"] or "")


def routes(patterns: Sequence[Any] | None = None, before: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address of the site, with what answers it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = before + CONVERTER.sub(r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def methods_of(path: str, view: Any) -> set[str]:
    """What an address takes, as its view's handlers say, or the view itself where it is a function
    that is asked."""
    handlers = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if handlers:
        taken = {name.upper() for name in handlers.http_method_names if hasattr(handlers, name)}
    else:
        request = RequestFactory().options(path)
        request.user = User()
        reply = view(request, **dict.fromkeys(PARAMETER.findall(path), ""))
        taken = set(reply.headers.get("Allow", "GET").split(", "))
    return taken - {"HEAD", "OPTIONS"}
