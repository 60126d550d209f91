"""The parts of the launcher, each on its own; the whole is in `journeys/test_lifecycle.py`."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crowd import paths
from crowd.server.address import Address
from tests.journeys.family import family, running
from tests.journeys.site import wait_until
from tests.servers import free_port

# Starts a child that ignores SIGTERM and has a child of its own, then does what the test says.
PROGRAM = """
import sys
from pathlib import Path
from crowd import processes
from crowd.server import supervisor
supervisor.PATIENCE = float(sys.argv[2])
watched = supervisor.Supervisor(Path(sys.argv[1]), int(sys.argv[3]))
stubborn = ["sh", "-c", "trap '' TERM; echo hello; sleep 600 & while :; do sleep 1; done"]
watched.start("stubborn", lambda log: processes.start(stubborn, stdout=log, stderr=log))
try:
    watched.wait_until(lambda: False)
except supervisor.StopRequested:
    watched.stop()
"""

# Keeps a child running that lives as the test says, in a folder of which a file `full` says that
# the disk is.
KEEPER = """
import os, sys
from pathlib import Path
from crowd import processes
from crowd.server import supervisor
supervisor.FIRST_PAUSE = 0.01
folder = Path(sys.argv[1])
watched = supervisor.Supervisor(folder, int(sys.argv[2]))
mortal = ["sh", "-c", sys.argv[3]]
watched.start("mortal", lambda log: processes.start(mortal, cwd=folder, stdout=log, stderr=log))
try:
    watched.keep_running(is_bearable=lambda: not (folder / "full").exists())
except (supervisor.ChildFailed, supervisor.StopRequested) as end:
    sys.exit(str(end))
finally:
    watched.stop()
"""


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::1", "http://[::1]:8000/"),
        ("::", "http://[::1]:8000/"),
        ("localhost", "http://localhost:8000/"),
    ],
)
def test_address_is_one_that_this_machine_can_open(host: str, url: str) -> None:
    assert Address(host, 8000).url == url


def test_name_with_two_addresses_means_the_older_one() -> None:
    with Address("localhost", free_port()).listen() as listener:
        assert listener.family == socket.AF_INET


def test_silent_site_does_not_answer() -> None:
    assert not Address("127.0.0.1", free_port()).answers()


def supervise(logs: Path, patience: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, str(logs), str(patience), str(os.getpid())]
    process = subprocess.Popen(command, cwd=paths.ROOT)
    log = logs / "stubborn.log"
    wait_until(lambda: log.exists() and log.read_text() == "hello\n", 10)
    return process


def test_stubborn_child_and_its_children_are_ended_after_a_while(tmp_path: Path) -> None:
    process = supervise(tmp_path, patience=0.5)
    everyone = family(process.pid)

    process.terminate()

    assert process.wait(timeout=10) == 0
    wait_until(lambda: not everyone & running(), 5)


def test_second_request_ends_the_patience(tmp_path: Path) -> None:
    process = supervise(tmp_path, patience=600)

    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=10) == 0


def test_long_log_is_set_aside_at_the_next_start(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    log.write_bytes(b"x" * 5_000_001)

    process = supervise(tmp_path, patience=0.1)
    process.terminate()
    process.wait(timeout=10)

    assert log.read_text() == "hello\n"
    assert (tmp_path / "stubborn.log.1").stat().st_size == 5_000_001


def keep(folder: Path, life: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", KEEPER, str(folder), str(os.getpid()), life]
    with (folder / "terminal").open("wb") as terminal:
        return subprocess.Popen(command, cwd=paths.ROOT, stderr=terminal)


def lives(folder: Path) -> int:
    file = folder / "lives"
    return len(file.read_text().splitlines()) if file.exists() else 0


def test_child_that_dies_is_started_again_and_the_terminal_says_why(tmp_path: Path) -> None:
    keeper = keep(tmp_path, "echo >>lives; echo last words; test $(wc -l <lives) -ge 3 && exec sleep 600; exit 7")

    wait_until(lambda: (tmp_path / "terminal").read_text().count("mortal runs again") == 2, 10)
    wait_until(lambda: lives(tmp_path) == 3, 10)
    keeper.terminate()
    keeper.wait(timeout=10)

    said = (tmp_path / "terminal").read_text()
    assert (
        said.count(f"crowd: mortal ended (exit status 7). Its log, {tmp_path}/mortal.log, ends with:\nlast words\n")
        == 2
    )
    assert said.endswith("SIGTERM\n")


def test_child_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    keeper = keep(tmp_path, "echo >>lives; exit 7")

    assert keeper.wait(timeout=10) == 1
    assert lives(tmp_path) == 5
    assert (tmp_path / "terminal").read_text().endswith("mortal died 5 times, one soon after the other: giving up.\n")


def test_child_that_a_full_disk_kills_is_not_given_up(tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    keeper = keep(tmp_path, "echo >>lives; exit 7")

    wait_until(lambda: lives(tmp_path) > 6, 20)
    (tmp_path / "full").unlink()

    assert keeper.wait(timeout=20) == 1
