"""Packages that some commands need and an installation may lack."""

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

from quality.tables.errors import BadFile

CLONE = Path(__file__).resolve().parents[2]


def how_to_install(*packages: str) -> str:
    """A command that adds packages to the environment this runs in; that of a clone holds no pip,
    but brings one."""
    brought = sorted((CLONE / "script" / "vendor").glob("pip-*.whl"))
    pip = [str(brought[-1] / "pip")] if brought and not find_spec("pip") else ["-m", "pip"]
    return shlex.join([sys.executable, *pip, "install", *packages])


def without_package(name: str, title: str, package: str) -> BadFile:
    """That a file is of a format whose package is not installed."""
    return BadFile(name, f"{title} needs the package {package}: {how_to_install(package)}")
