"""The list of routes itself: what holds for every one of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from crowd.api import ApiView


def api_views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, type[ApiView]]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from api_views(pattern, path)
        elif isinstance(pattern, URLPattern) and issubclass(getattr(pattern.callback, "view_class", object), ApiView):
            yield path, pattern.callback.view_class  # type: ignore[attr-defined]


ROUTES = list(api_views(get_resolver()))


def test_the_list_is_not_empty() -> None:
    assert len(ROUTES) > 20


@pytest.mark.parametrize(("path", "view"), ROUTES)
def test_every_post_may_be_retried(path: str, view: Any) -> None:
    post = getattr(view, "post", None)
    assert post is None or post.idempotent


@pytest.mark.parametrize(("path", "view"), ROUTES)
def test_no_route_ends_in_a_slash(path: str, view: Any) -> None:
    assert not path.endswith("/")
