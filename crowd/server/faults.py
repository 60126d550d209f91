"""Why the service can't start on the database or broker it was given, in one line that says what to
do."""

import re
from collections.abc import Mapping
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError

from crowd import room
from crowd.databases import SQLITE

# What PostgreSQL says when it turns somebody away: the words are its only sign at this point.
REFUSALS = {
    r'database "(?P<name>.*)" does not exist': (
        'there is no database "{name}" on {host}: create it (createdb {name}), or mend DATABASE_URL'
    ),
    r'role "(?P<role>.*)" does not exist': 'there is no role "{role}" on {host}: create it, or mend DATABASE_URL',
    r'authentication failed for user "(?P<role>.*)"': (
        '{host} refuses the password of "{role}": mend DATABASE_URL (in it, # is %23 and @ is %40)'
    ),
    r"no password supplied": "{host} asks for a password: set DATABASE_URL to postgres://USER:PASSWORD@HOST/NAME",
    r'permission denied for database "(?P<name>.*)"': (
        'the role "{user}" may not connect to "{name}": GRANT CONNECT ON DATABASE {name} TO {user}'
    ),
    r"permission denied for schema (?P<schema>\S+)": (
        'the role "{user}" may not create tables in "{database}": GRANT CREATE ON SCHEMA {schema} TO {user}'
    ),
    r"no schema has been selected to create in": (
        'the role "{user}" has no schema to create tables in: CREATE SCHEMA public in "{database}", or mend the '
        "role's search_path"
    ),
}
SQLITE_FAULTS = {
    r"not a database|malformed": (
        "{file} is damaged, or no SQLite database: put a backup in its place (delete {file}-wal and {file}-shm first), "
        "or set DATABASE_URL"
    ),
    r"unable to open|readonly": "{file} can't be opened for writing: mend the rights of it and of its folder",
    r"is locked": "{file} is in use by another program: end it, and start again",
}
BROKER_FAULTS = {
    r"NOAUTH|WRONGPASS|invalid username-password|AUTH": (
        "the broker refuses the password: set REDIS_URL to redis://:PASSWORD@HOST:PORT/0"
    ),
    r"DB index is out of range": "the broker has no database of that number: mend the end of REDIS_URL",
}
FULL = "the disk is full: make room ({where}), and start again"


def of_database(error: BaseException) -> str | None:
    """The line for an error that trying again will not mend; None for any other."""
    database = settings.DATABASES["default"]
    if room.is_why(error):
        return FULL.format(where=database["NAME"] if database["ENGINE"] == SQLITE else "on the database's server")
    if not isinstance(error, DatabaseError):
        return None
    if database["ENGINE"] == SQLITE:
        return _match(SQLITE_FAULTS, error, {"file": database["NAME"]})
    known = {"user": database["USER"], "database": database["NAME"], "host": database["HOST"] or "the local server"}
    return _match(REFUSALS, error, known)


def of_broker(error: BaseException) -> str | None:
    """The same for the broker."""
    if room.is_why(error):
        return FULL.format(where="on the broker's server")
    return _match(BROKER_FAULTS, error, {}) if isinstance(error, redis.RedisError) else None


def _match(faults: Mapping[str, str], error: BaseException, known: dict[str, Any]) -> str | None:
    for pattern, advice in faults.items():
        if found := re.search(pattern, str(error)):
            return advice.format(**known | found.groupdict())
    return None
