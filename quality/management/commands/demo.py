"""`manage.py demo KIND`: a project to try a kind of answer on, with texts and pictures of our
own."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from quality.demo import DEMOS
from quality.demo.creating import create_demo


class Command(BaseCommand):
    help = "Make the demo project of a kind of answer, unless it is there; print where it is and who may sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=list(DEMOS), help="the kind of answer")

    def handle(self, *args: Any, **options: Any) -> None:
        demo = DEMOS[options["kind"]]
        accounts = create_demo(demo)
        self.stdout.write(f"{settings.SITE_URL}/projects/{demo.slug}")
        for account in accounts:
            self.stdout.write(f"{account.email} {account.password}")
        self.stdout.write(f"Have a simulated crowd answer it: ./script/manage simulate --project {demo.slug}")
