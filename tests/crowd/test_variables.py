"""Every variable of the README is checked: a bad value is refused by name, a good one taken, and
nothing is unset."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from crowd import databases, paths
from crowd.variables import Variables

LOAD = """
import sys
from django.core.exceptions import ImproperlyConfigured
from crowd.server.address import Address
try:
    Address.from_environment()
    import crowd.settings, crowd.server.web
except (ImproperlyConfigured, ValueError) as error:
    sys.exit(f"{error}")
"""
BAD = {
    "CROWD_DEBUG": "perhaps",
    "CROWD_DEMO": "never",
    "CROWD_JOB_PROCESSES": "-1",
    "CROWD_PROJECT_MAKERS": "nobody",
    "CROWD_UPLOAD_MAX_BYTES": "2 GB",
    "CROWD_WEBHOOK_NETWORKS": "10.0.0.0/99",
    "CROWD_WEB_PROCESSES": "1.5",
    "CROWD_QUOTAS": "naps=3",
    "DATABASE_URL": "mysql://crowd:secret@localhost/crowd",
    "EMAIL_URL": "pigeon://crowd:secret@localhost",
    "HSTS_PRELOAD": "perhaps",
    "HSTS_SECONDS": "-1",
    "HSTS_SUBDOMAINS": "perhaps",
    "HTTPS": "https",
    "PORT": "eighty",
    "REDIS_URL": "localhost",
    "SITE_URL": "crowd.example.org",
    "TRUSTED_PROXIES": "everybody",
}
# Tried otherwise, or free.
ANY_TEXT = {
    "ALLOWED_HOSTS",
    "CROWD_DATA_DIR",
    "EMAIL_FROM",
    "HOST",
    "SCRIPT_NAME",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
}


def load(folder: Path, **variables: str) -> str:
    """What the settings object to."""
    environment = {"PATH": os.environ["PATH"], "CROWD_DATA_DIR": str(folder), "HTTPS": "1"} | variables
    command = [sys.executable, "-c", LOAD]
    return subprocess.run(
        command, cwd=paths.ROOT, env=environment, check=False, capture_output=True, text=True
    ).stderr.strip()


@pytest.mark.parametrize("variable", sorted(BAD))
def test_bad_value_is_told_in_one_line_by_name(tmp_path: Path, variable: str) -> None:
    said = load(tmp_path, **{variable: BAD[variable]})

    assert said.startswith(variable)
    assert said.count("\n") == 0
    assert "secret" not in said


def test_variable_that_is_set_to_nothing_is_not_set(tmp_path: Path) -> None:
    assert load(tmp_path, **dict.fromkeys(BAD, "")) == ""


def test_no_variable_of_the_readme_is_unchecked() -> None:
    table = (paths.ROOT / "README.md").read_text().partition("## Run it for real")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert documented - ANY_TEXT - set(BAD) == set()


@pytest.mark.parametrize("value", ["1", "true", "Yes", "on"])
def test_switch_is_on(value: str) -> None:
    assert Variables({"HTTPS": value}).bool("HTTPS", default=False)


@pytest.mark.parametrize(
    "url",
    ["foo", "sqlite://", "sqlite:///:memory:", "sqlite:answers.db", "postgres://u:p@h", "postgres://u:p@h:port/d"],
)
def test_url_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL must be postgres://"):
        databases.configured(Variables({"DATABASE_URL": url}), Path("/unused"))


def test_database_is_a_file_in_the_data_directory_unless_named(tmp_path: Path) -> None:
    strange = tmp_path / "50% of #1?" / "db.sqlite3"

    assert databases.configured(Variables({}), strange)["NAME"] == str(strange)
