"""The scripts make their environment from nothing but Python, once, wherever they are called
from."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crowd import paths

SAY_WHERE = "import os, sys; print(os.environ.get('CROWD_DATA_DIR', ''), *sys.argv[1:])"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real scripts, in which there is nothing to install and `manage.py`
    repeats its arguments."""
    root = tmp_path / "a folder's name"
    shutil.copytree(paths.ROOT / "script", root / "script")
    (root / "requirements.txt").write_text("# nothing\n")
    (root / "manage.py").write_text(SAY_WHERE)
    (root / "crowd").mkdir()
    (root / "crowd" / "server.py").write_text(SAY_WHERE)
    return root


def run(command: Path, *arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "CROWD_DATA_DIR"} | variables
    return subprocess.run(
        [command, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("script", sorted(p.name for p in (paths.ROOT / "script").iterdir() if p.is_file()))
def test_script_is_well_formed(script: str) -> None:
    path = paths.ROOT / "script" / script

    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0
    assert os.access(path, os.X_OK) == (script != "bootstrap")


def test_first_run_installs_and_later_runs_do_not(checkout: Path) -> None:
    first = run(checkout / "script" / "manage", "one", "two words")
    second = run(checkout / "script" / "manage", "one")

    assert (first.returncode, first.stdout) == (0, " one two words\n")
    assert first.stderr == "Installing requirements.txt into .venv, this once …\n"
    assert (second.stdout, second.stderr) == (" one\n", "")


def test_changed_requirements_are_installed(checkout: Path) -> None:
    run(checkout / "script" / "manage")
    (checkout / "requirements.txt").write_text("# still nothing\n")

    assert "Installing requirements.txt" in run(checkout / "script" / "manage").stderr
    assert run(checkout / "script" / "manage").stderr == ""


def test_half_made_environment_is_made_again(checkout: Path) -> None:
    run(checkout / "script" / "manage")
    (checkout / ".venv" / "unfinished").touch()
    (checkout / ".venv" / "requirements.txt.sha256").unlink()
    leftover = checkout / ".venv" / "half a package"
    leftover.touch()

    assert run(checkout / "script" / "manage", "works").stdout == " works\n"
    assert not leftover.exists()


def test_environment_whose_python_is_gone_is_made_again(checkout: Path) -> None:
    run(checkout / "script" / "manage")
    for python in (checkout / ".venv" / "bin").glob("python*"):
        python.unlink()

    assert run(checkout / "script" / "manage", "works").stdout == " works\n"


def test_two_at_once_install_once(checkout: Path) -> None:
    with ThreadPoolExecutor(2) as people:
        both = list(people.map(lambda name: run(checkout / "script" / "manage", name), ["one", "two"]))

    assert [one.stdout for one in both] == [" one\n", " two\n"]
    assert "".join(one.stderr for one in both).count("Installing") == 1


def test_scripts_work_through_a_link_from_any_folder(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(checkout / "script" / "server")

    served = run(link, cwd=Path("/"))

    assert (served.returncode, served.stdout) == (0, f" --parent {os.getpid()}\n")


def test_relative_data_directory_is_relative_to_the_caller(checkout: Path, tmp_path: Path) -> None:
    served = run(checkout / "script" / "server", cwd=tmp_path, CROWD_DATA_DIR="my data")

    assert served.stdout.startswith(f"{tmp_path}/my data --parent ")


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH with no more than every machine has, and no Python."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "readlink", "realpath", "rm", "sha256sum", "touch", "flock"):
        (programs / name).symlink_to(str(shutil.which(name)))
    return str(programs)


def test_missing_python_is_told(checkout: Path, bare_path: str) -> None:
    refused = run(checkout / "script" / "manage", PATH=bare_path)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Crowd needs Python 3.11 to 3.14, and there is none on PATH" in refused.stderr


def test_python_that_is_too_old_is_passed_over_for_another(checkout: Path, bare_path: str) -> None:
    old, suitable = Path(bare_path, "python3"), Path(bare_path, "python3.13")
    old.write_text("#!/usr/bin/env bash\necho 3.10\n")
    old.chmod(0o700)
    suitable.symlink_to(sys.executable)

    assert run(checkout / "script" / "manage", "works", PATH=bare_path).stdout == " works\n"


def test_environment_keeps_to_the_python_it_was_made_with(checkout: Path, bare_path: str) -> None:
    """A link would lead to another Python after the system's upgrade, and that one finds none of
    the packages."""
    Path(bare_path, "python3").symlink_to(sys.executable)

    run(checkout / "script" / "manage", PATH=bare_path)

    (made_with,) = {path.resolve() for path in (checkout / ".venv" / "bin").glob("python*")}
    links = {path.readlink() for path in (checkout / ".venv" / "bin").glob("python*")}
    assert made_with in links
    assert Path(bare_path, "python3") not in links


def test_scripts_and_project_agree_on_the_pythons() -> None:
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text())
    declared = re.search(r"^pythons=\((.*)\)", (paths.ROOT / "script" / "bootstrap").read_text(), re.MULTILINE)
    assert declared is not None
    minors = [int(version.removeprefix("3.")) for version in declared[1].split()]

    assert minors == list(range(minors[0], minors[-1] + 1))
    assert project["project"]["requires-python"] == f">=3.{minors[0]},<3.{minors[-1] + 1}"
    assert project["tool"]["mypy"]["python_version"] == f"3.{minors[0]}"
    assert project["tool"]["ruff"]["target-version"] == f"py3{minors[0]}"


def test_missing_servers_and_browser_are_told_never_skipped(checkout: Path, bare_path: str) -> None:
    (checkout / "requirements-dev.txt").write_text("# nothing\n")
    Path(bare_path, "python3").symlink_to(sys.executable)

    refused = run(checkout / "script" / "test", PATH=bare_path, REDIS_URL="", CHROMIUM="")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1].startswith("Missing: ")
    assert "redis-server chromium. Debian: apt-get install " in refused.stderr
