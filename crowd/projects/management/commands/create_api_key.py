"""`manage.py create_api_key EMAIL …`: accounts and memberships where they don't exist, and one key
a line."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from crowd.errors import CrowdError
from crowd.people.accounts import get_or_invite, vouch_for
from crowd.people.models import ApiKey, User, audit
from crowd.projects.membership import give_role
from crowd.projects.models import Project, Role


class Command(BaseCommand):
    help = "Print one new API key a line, for each address; make accounts and memberships that don't exist yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("emails", metavar="EMAIL", nargs="+")
        parser.add_argument("--superuser", action="store_true", help="may act as owner of every project")
        parser.add_argument("--project", metavar="SLUG", help="make each a member of this project")
        parser.add_argument("--role", choices=[str(role) for role in Role], help="the role of the new members")
        parser.add_argument("--name", default="command line", help="what the key is called on the keys page")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["project"]) != bool(options["role"]):
            raise CommandError("--project and --role go together.")
        project = self._project(options["project"])
        secrets = []
        for email in options["emails"]:
            try:
                validate_email(email)
            except ValidationError as error:
                raise CommandError(f"{email} is not an e-mail address.") from error
            secrets.append(self._key(email, project, options))
        self.stdout.write("\n".join(secrets))

    @staticmethod
    def _project(slug: str | None) -> Project | None:
        if slug is None:
            return None
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project {slug}.")
        return project

    @staticmethod
    def _key(email: str, project: Project | None, options: dict[str, Any]) -> str:
        user, _new = get_or_invite(email)
        vouch_for(user)
        if options["superuser"]:
            _make_superuser(user)
        if project is not None:
            try:
                give_role(project=project, user=user, role=options["role"])
            except CrowdError as error:
                raise CommandError(error.detail) from error
        _key, secret = ApiKey.objects.create_key(user=user, name=options["name"])
        audit(None, "key.created", user.email, name=options["name"], by="command line")
        return secret


def _make_superuser(user: User) -> None:
    if not user.address_confirmed:
        raise CommandError(
            f"Somebody has entered the account of {user.email}, and nobody knows whether the address is theirs. "
            f"Hand its holder what ./script/manage reset_link {user.email} prints; then run this again."
        )
    if not user.is_superuser:
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
        audit(None, "account.made_superuser", user.email, by="command line")
