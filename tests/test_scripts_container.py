"""The container files name only what exists. (They are read here, not run: that takes a container
engine.)"""

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from crowd import paths

DOCKERFILE = (paths.ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((paths.ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "crowd"}
PROGRAMS = Path(sys.executable).parent


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, flags=re.MULTILINE)


def copied() -> set[str]:
    """What the image takes from the checkout."""
    return {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}


def test_everything_copied_exists_and_is_let_in() -> None:
    let_in = {line[1:] for line in (paths.ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert copied() == let_in
    assert [source for source in copied() if not (paths.ROOT / source).exists()] == []


def test_image_holds_every_package_and_translation() -> None:
    packages = {path.parent.name for path in paths.ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    translations = {"locale"} if any(paths.ROOT.glob("locale/**/*.mo")) else set()

    assert packages | translations <= copied()


def test_image_runs_as_an_ordinary_user() -> None:
    assert instructions("USER") == ["crowd"]


@pytest.mark.parametrize("name", OURS)
def test_service_runs_a_command_that_exists(name: str) -> None:
    command = OURS[name].get("command") or ["gunicorn", "--config", "python:crowd.server.web"]

    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    else:
        assert shutil.which(command[0], path=str(PROGRAMS))
    assert [word for word in command if word.startswith("crowd.") and not importlib.util.find_spec(word)] == []


@pytest.mark.parametrize("name", OURS)
def test_service_can_write_nowhere_but_to_its_data(name: str) -> None:
    service = OURS[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["volumes"] == ["data:/data"]


def test_site_is_published_to_this_machine_only() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]

    assert published == ["${PUBLISH:-127.0.0.1:8000}:8000"]


def test_no_secret_has_a_default() -> None:
    secret = re.compile(r"\$\{(\w*(?:KEY|PASSWORD)\w*)(:\?)?")

    assert {required for _, required in secret.findall((paths.ROOT / "compose.yaml").read_text())} == {":?"}


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_service_waits_for_the_preparation(name: str) -> None:
    assert COMPOSE["services"][name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
