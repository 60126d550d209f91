"""Whoever works out labels is told of answers that come and go, once they are there to be read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crowd.projects.models import Project
from tasks.signals import answers_arrived
from tests.cast import Api
from tests.tasks.responses.test_undo import answer, lease, skip, undo


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """The projects of which something was told."""
    projects: list[int] = []

    def hear(project_id: int, **_kwargs: Any) -> None:
        projects.append(project_id)

    answers_arrived.connect(hear)
    yield projects
    answers_arrived.disconnect(hear)


def test_an_answer_is_told_of_and_so_is_taking_it_back(
    tasks: Project, bob: Api, heard: list[int], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    first, second = lease(bob, 2)
    told = []
    for do in (
        lambda: answer(bob, first),
        lambda: answer(bob, first),  # again: it is there already
        lambda: undo(bob, first),
        lambda: skip(bob, second),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            do()
        told.append(list(heard))
        heard.clear()

    assert told == [[tasks.pk], [], [tasks.pk], []]
