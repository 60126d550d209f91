"""Somebody who reads a page and types what it shows."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from crowd import paths, processes
from tests.docs.page import Block, blocks_of


def blocks(page: str) -> list[Block]:
    return list(blocks_of((paths.ROOT / page).read_text()))


def typed(commands: str, folder: Path, variables: dict[str, str]) -> str:
    """Type these into one shell, and return what it said."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder, env=typists(variables), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def typists(variables: dict[str, str]) -> dict[str, str]:
    """The environment in which the pages' programs are found."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**variables, "PATH": path, "PYTHONPATH": str(paths.ROOT)}


def watched(command: str, folder: Path, variables: dict[str, str], *, until: Callable[[list[str]], bool]) -> list[str]:
    """What a command says, line by line, until somebody has seen enough and presses Ctrl-C, and
    then."""
    run = processes.start(
        ["bash", "-c", f"exec {command}"], cwd=folder, env=typists(variables),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said: list[str] = []
    while not until(said):
        line = run.stdout.readline() if run.stdout else b""
        assert line, said
        said.append(line.decode())
    os.killpg(run.pid, signal.SIGINT)
    return [*said, *run.communicate(timeout=60)[0].decode().splitlines()]
