"""`manage.py createsuperuser`: Django's asks for what our accounts have not; this leads to the
commands that do it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not how accounts are made here: says which commands to use."

    def run_from_argv(self, argv: list[str]) -> None:
        """Whatever options come along."""
        super().run_from_argv(argv[:2])

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "Run ./script/manage create_api_key EMAIL --superuser, then ./script/manage reset_link EMAIL, and choose a "
            "password by the link that it prints."
        )
