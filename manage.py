#!/usr/bin/env python
"""Django's command line for this site; `./script/manage` runs it in the right environment."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowd.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 (the settings module must be named first)
    from django.db import DatabaseError, connection  # noqa: PLC0415 (the same)

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        if connection.introspection.table_names():
            raise
        sys.exit("The database is empty. Start ./script/server first, with the same CROWD_DATA_DIR or DATABASE_URL.")


if __name__ == "__main__":
    main()
