"""`manage.py prepare`: everything the site needs before it can serve, in one go; running it again
changes nothing."""

from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from crowd.people.accounts import owner_path
from crowd.people.media_folder import mark_media_folder
from crowd.server import faults
from quality.demo import DEMOS
from quality.demo.creating import create_demo


class Command(BaseCommand):
    help = (
        "Bring the database and the static files up to date; with --demo, make the demo project as well. As long as "
        "nobody can sign in, print the link by which the first account is made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make the demo project; print its accounts, one a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._prepare(demo=options["demo"])
        except (DatabaseError, OSError) as error:
            if advice := faults.of_database(error):
                raise CommandError(advice) from error
            if isinstance(error, PermissionError):
                raise CommandError(
                    f"{error.filename} can't be written: mend the rights of it and its folder"
                ) from error
            raise

    def _prepare(self, *, demo: bool) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        _collect_static_files()
        try:
            mark_media_folder()
        except ValueError as error:
            raise CommandError(str(error)) from error
        if demo:
            for account in create_demo(DEMOS["choice"]):
                self.stdout.write(f"{account.email} {account.password}")
        if path := owner_path():
            self.stdout.write(settings.SITE_URL + path)


def _collect_static_files() -> None:
    """Collect the static files if one of them has changed: to hash and compress them takes longer
    than all the rest."""
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    found = _fingerprint()
    if not stamp.exists() or stamp.read_text() != found:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(found)


def _fingerprint() -> str:
    """What tells one state of all static files from another, without reading them."""
    digest = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
