"""`manage.py make_owner SLUG EMAIL`: for a project whose owner is gone."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from crowd.people.accounts import get_or_invite, proof_path
from crowd.projects.membership import give_role, have_wait
from crowd.projects.models import Project, Role


class Command(BaseCommand):
    help = (
        "Make EMAIL an owner of the project SLUG. Where nobody has confirmed the address yet, print a link for its "
        "holder: they are owner when they have chosen a password by it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("email", metavar="EMAIL")

    @transaction.atomic
    def handle(self, *args: Any, slug: str, email: str, **options: Any) -> None:
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project {slug}.")
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        user, _new = get_or_invite(email)
        if user.address_confirmed:
            give_role(project=project, user=user, role=Role.OWNER)
            self.stdout.write(f"{user.email} is now an owner of {slug}.")
            return
        have_wait(project=project, user=user, role=Role.OWNER, actor=None)
        self.stdout.write(f"{user.email} is an owner of {slug} as soon as they have chosen a password by this link:")
        self.stdout.write(settings.SITE_URL + proof_path(user))
