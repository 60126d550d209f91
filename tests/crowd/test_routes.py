"""The list of routes itself: what holds for every one of them."""

from typing import Any

import pytest

from crowd.api import ApiView
from tests.crowd.access.table import routes

VIEWS = ((path, getattr(view, "view_class", object)) for path, view in routes())
ROUTES = [(path, view) for path, view in VIEWS if issubclass(view, ApiView)]


def test_the_list_is_not_empty() -> None:
    assert len(ROUTES) > 20


@pytest.mark.parametrize(("path", "view"), ROUTES)
def test_every_post_may_be_retried(path: str, view: Any) -> None:
    post = getattr(view, "post", None)
    assert post is None or post.idempotent


@pytest.mark.parametrize(("path", "view"), ROUTES)
def test_no_route_ends_in_a_slash(path: str, view: Any) -> None:
    assert not path.endswith("/")
