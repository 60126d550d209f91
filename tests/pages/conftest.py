"""People at their browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from crowd.people.models import User
from crowd.projects.models import Membership, Project, Role
from tests.cast import Api

Visit = Callable[[Api], Client]


@pytest.fixture
def visit() -> Visit:
    """Signs a person in and returns their browser."""

    def sign_in(person: Api) -> Client:
        browser = Client()
        browser.force_login(person.user, "allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return sign_in


@pytest.fixture
def owner(visit: Visit, alice: Api, tasks: Project) -> Client:
    return visit(alice)


@pytest.fixture
def worker(visit: Visit, bob: Api, tasks: Project) -> Client:
    return visit(bob)


@pytest.fixture
def outsider(visit: Visit, charlie: Api, tasks: Project) -> Client:
    return visit(charlie)


@pytest.fixture
def member(visit: Visit, tasks: Project) -> Callable[[Role], Client]:
    """Makes somebody with a role in the project, and returns their browser."""

    def make(role: Role) -> Client:
        user = User.objects.create_user(f"{role}@example.com", address_confirmed=True)
        Membership.objects.create(project=tasks, user=user, role=role)
        return visit(Api(user, key=""))

    return make


def text_of(response: object) -> str:
    """The page's text with its white space evened out."""
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(content.decode().split())
