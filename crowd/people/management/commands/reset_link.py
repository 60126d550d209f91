"""`manage.py reset_link EMAIL …`: one link a line, by which the holder of each address chooses a
password."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crowd.people.accounts import proof_path
from crowd.people.models import User, audit


class Command(BaseCommand):
    help = (
        "Print a link by which the holder of EMAIL chooses a password, once and within three days. That confirms the "
        "address: hand the link to that person and to nobody else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("emails", metavar="EMAIL", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        users = [_account(email) for email in options["emails"]]
        for user in users:
            audit(None, "password.link_printed", user.email, by="command line")
            self.stdout.write(settings.SITE_URL + proof_path(user))


def _account(email: str) -> User:
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise CommandError(f"There is no account {email}. ./script/manage create_api_key {email} makes one.")
    if not user.is_active:
        raise CommandError(f"The account {email} is disabled.")
    return user
