"""Whether there is room to store anything: what an error says of it, what the disk does, and what
was met lately.

Standard library only: the launcher asks too, and tells the person at the terminal.
"""

import errno
import os
import time
from contextlib import suppress
from pathlib import Path

from crowd import paths

LEAST_BYTES, LEAST_FILES = 8 * 1024**2, 16  # with less the next write may fail, if not this one
LATELY = 30.0  # seconds
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
POSTGRESQL_DISK_FULL = "53100"
SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN = 13, 10, 14


def is_full(folder: Path) -> bool:
    """Whether the disk of this folder has no room left."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < LEAST_BYTES or (disk.f_files > 0 and disk.f_favail < LEAST_FILES)


def is_why(error: BaseException | None) -> bool:
    """Whether this error, or one that led to it, comes from a full disk, a used-up quota or a limit
    of file sizes."""
    while error is not None:
        if _says_full(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    sqlite = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if sqlite in (SQLITE_IOERR, SQLITE_CANTOPEN):  # it can't make its files beside the database either
        return is_full(paths.data_dir())
    return (
        sqlite == SQLITE_FULL
        or getattr(error, "sqlstate", None) == POSTGRESQL_DISK_FULL
        or str(error).startswith("MISCONF")  # Redis and Valkey: what they keep on disk can't be written
    )


def note() -> None:
    """Remember for every process of this machine that something could not be stored just now."""
    with suppress(OSError):
        _mark().touch()


def was_lacking_lately() -> bool:
    try:
        return time.time() - _mark().stat().st_mtime < LATELY
    except OSError:
        return False


def is_lacking() -> bool:
    """Whether there is no room, or was none lately."""
    return is_full(paths.data_dir()) or was_lacking_lately()


def _mark() -> Path:
    return paths.data_dir() / "full"
