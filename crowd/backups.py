"""A copy of all that can't be made again, laid out as a data directory: the database, the pictures,
the secret key.

The database comes first: a picture that it names is there by then, and stays as it is.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from crowd.files import UNFINISHED

DUMP = "database.dump"


class BackupFailed(Exception):
    """The copy is not whole; the message says why."""


def back_up(folder: Path) -> None:
    """Copy everything into this folder; of pictures, only those that an earlier copy there does not
    have."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if connection.vendor == "sqlite":
        _copy_sqlite(folder / "db.sqlite3")
    else:
        _dump_postgres(folder / DUMP)
    for source in _stored_files():
        _copy(source, folder / "media" / source.relative_to(settings.MEDIA_ROOT))
    key = folder / "secret_key"
    key.touch(mode=0o600)
    key.write_text(settings.SECRET_KEY)


def _copy_sqlite(to: Path) -> None:
    """As of one moment, while others go on writing; the copy of before stands until the new one is
    whole."""
    draft = to.with_name(f"{to.name}.part")
    draft.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(draft)])
    draft.chmod(0o600)
    draft.replace(to)


def _dump_postgres(to: Path) -> None:
    database: dict[str, Any] = connection.settings_dict
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupFailed("there is no pg_dump on PATH: install PostgreSQL's client (Debian: postgresql-client)")
    draft = to.with_name(f"{to.name}.part")
    places = {"--host": database["HOST"], "--port": str(database["PORT"] or ""), "--username": database["USER"]}
    options = [word for name, value in places.items() if value for word in (name, value)]
    command = [program, "--format", "custom", "--no-owner", "--file", str(draft), *options, database["NAME"]]
    password = {"PGPASSWORD": database["PASSWORD"]} if database["PASSWORD"] else {}  # which `ps` would show
    done = subprocess.run(  # noqa: S603 - our own command
        command, env=os.environ | password, check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise BackupFailed(done.stderr.strip() or f"pg_dump ended with exit status {done.returncode}")
    draft.replace(to)


def _stored_files() -> Iterator[Path]:
    return (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and path.suffix != UNFINISHED)


def _copy(source: Path, to: Path) -> None:
    if to.exists() and to.stat().st_size == source.stat().st_size:
        return  # files never change, they only come and go
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = to.with_name(f"{to.name}.part")
    try:
        shutil.copy2(source, draft)
    except FileNotFoundError:
        return  # it has gone meanwhile, and its row with it
    draft.replace(to)
