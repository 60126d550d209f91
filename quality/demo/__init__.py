"""The demo project: handwritten digits that workers name, some of them gold. Everything in it is
real but the crowd."""

import csv
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image as Picture

from crowd.people.models import User
from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from tasks.intake.images import store_image
from tasks.intake.records import Gold, TaskRecord, add_tasks

SLUG = "digits"
DIGITS = Path(__file__).with_name("digits.csv")
GREYS = 16  # the brightest value a pixel of the data set has
GOLD_EVERY = 10  # every tenth picture is gold
OWNER = "owner@demo.example"
WORKERS = ("worker1@demo.example", "worker2@demo.example")


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account. The password is random, and the same at every start."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Digit:
    name: str
    digit: str
    pixels: str


def digits() -> Iterator[Digit]:
    """The pictures of the demo with what they show."""
    with DIGITS.open(newline="") as file:
        for row in csv.DictReader(file):
            yield Digit(**row)


def truth() -> dict[str, str]:
    """What each task of the demo project really shows, for simulated workers and for checking
    labels."""
    return {digit.name: digit.digit for digit in digits()}


def create_demo() -> list[Account]:
    """Make the demo project and its accounts where they don't exist, and return the accounts."""
    accounts = _accounts()
    with transaction.atomic():
        users = [_user(account) for account in accounts]
        User.objects.filter(pk=users[0].pk).update(address_confirmed=True)
        if not Project.objects.filter(slug=SLUG).exists():
            project = _project(users[0])
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


def _project(owner: User) -> Project:
    project = create_project(
        owner=owner,
        slug=SLUG,
        name=_("Handwritten digits"),
        instructions=_("Which digit is this? Press its key, 0 to 9."),
        schema={"type": "choice", "classes": [{"name": str(digit)} for digit in range(10)]},
        quality={"min_responses": 3, "max_responses": 5, "gold_rate": 0.15},
    )
    records = [
        TaskRecord(
            external_id=digit.name,
            image=store_image(project, _png(digit.pixels)),
            gold=Gold(digit.digit) if number % GOLD_EVERY == 0 else None,
        )
        for number, digit in enumerate(digits())
    ]
    add_tasks(project, records)
    return project


def _png(pixels: str) -> bytes:
    """64 base-17 digits as an 8 x 8 picture, dark strokes on white paper."""
    greys = np.array([int(pixel, GREYS + 1) for pixel in pixels], dtype=np.float64).reshape(8, 8)
    buffer = BytesIO()
    Picture.fromarray(np.round(255 * (1 - greys / GREYS)).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()
