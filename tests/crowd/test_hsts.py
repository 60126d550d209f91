"""What browsers are told for a long time, and no more of it than was asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crowd import paths

SAID = (
    "from crowd import settings as s;"
    "print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
)


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}  # the browser's
    environment = {**ours, "CROWD_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "crowd.settings", **variables}
    return subprocess.run(
        [sys.executable, *command], cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "2592000 False False"),
        ({"HSTS_SECONDS": "31536000", "HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}, "31536000 True True"),
        ({"HSTS_SECONDS": "0"}, "0 False False"),
    ],
)
def test_https_binds_this_host_alone_unless_more_is_asked_for(
    variables: dict[str, str], said: str, tmp_path: Path
) -> None:
    assert run(tmp_path, "-c", SAID, HTTPS="1", **variables).stdout.strip() == said


def test_a_site_behind_https_passes_the_check_for_deployment(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", HTTPS="1", SITE_URL="")

    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr
