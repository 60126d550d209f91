"""`manage.py backup FOLDER`: a copy of everything, made while the service runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crowd.backups import BackupFailed, back_up


class Command(BaseCommand):
    help = "Copy the database, the pictures and the secret key into a folder, whose pictures of before are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where the copy goes; keep it as safe as the service itself")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].expanduser().resolve()
        try:
            back_up(folder)
        except (BackupFailed, OSError) as error:
            raise CommandError(f"the copy in {folder} is not whole: {error}") from error
        self.stdout.write(f"Everything is in {folder}, the secret key included.")
