"""The accounts of the demo projects, and the projects themselves."""

import json
import os
import secrets
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction

from crowd.people.models import User
from crowd.projects.answer_kinds import kind_of
from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from crowd.projects.schema import SchemaField
from quality.demo.demo import Demo, DemoTask
from tasks.intake.images import store_image
from tasks.intake.records import Gold, TaskRecord, add_tasks
from tasks.models import IMAGE

GOLD_EVERY = 10  # every tenth task is gold
OWNER = "owner@demo.example"
WORKERS = ("worker1@demo.example", "worker2@demo.example")


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account. The password is random, and the same at every start."""

    email: str
    password: str


def create_demo(demo: Demo) -> list[Account]:
    """Make a demo project and the accounts where they don't exist, and return the accounts."""
    accounts = _accounts()
    with transaction.atomic():
        users = [_user(account) for account in accounts]
        User.objects.filter(pk=users[0].pk).update(address_confirmed=True)
        if not Project.objects.filter(slug=demo.slug).exists():
            project = _project(users[0], demo)
            for user in users[1:]:
                Membership.objects.create(project=project, user=user, role=Role.WORKER)
    return accounts


def _accounts() -> list[Account]:
    """The accounts with their passwords, kept in a file that only the site's own user can read."""
    path = settings.DATA_DIR / "demo_accounts.json"
    if path.exists():
        return [Account(**fields) for fields in json.loads(path.read_text())]
    accounts = [Account(email, secrets.token_urlsafe(9)) for email in (OWNER, *WORKERS)]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump([asdict(account) for account in accounts], file)
    return accounts


def _user(account: Account) -> User:
    user = User.objects.filter(email=account.email).first()
    return user or User.objects.create_user(account.email, account.password)


def _project(owner: User, demo: Demo) -> Project:
    project = create_project(
        owner=owner,
        slug=demo.slug,
        name=str(demo.name),
        instructions=str(demo.instructions),
        schema=SchemaField().to_internal_value(demo.schema),
        quality={"min_responses": 3, "max_responses": 5, "gold_rate": 0.15},
    )
    add_tasks(project, [_record(project, task, number) for number, task in enumerate(demo.tasks())])
    return project


def _record(project: Project, task: DemoTask, number: int) -> TaskRecord:
    right = kind_of(project).parse(task.answer, project)
    return TaskRecord(
        external_id=task.name,
        data=dict(task.data),
        pictures={IMAGE: store_image(project, task.picture)} if task.picture else {},
        gold=Gold(right, task.explanation) if number % GOLD_EVERY == 0 else None,
    )
