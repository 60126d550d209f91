"""`manage.py prepare`: everything the site needs before it can serve, in one go; running it again changes nothing."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from quality.demo import create_demo


class Command(BaseCommand):
    help = "Bring the database and the static files up to date; with --demo, make the demo project as well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make the demo project; print its accounts, one a line")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"]:
            for account in create_demo():
                self.stdout.write(f"{account.email} {account.password}")
