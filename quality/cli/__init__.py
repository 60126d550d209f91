"""The command line on CSV files: no server, no database, no Django."""

from quality.cli.main import main

__all__ = ["main"]
