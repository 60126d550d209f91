"""A PostgreSQL and a Redis of the tests' own: nothing to set up, side by side with the machine's, gone with the run."""

import atexit
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from crowd import processes
from crowd.server import broker

STARTING_TAKES_AT_MOST = 30.0
INITDB_OPTIONS = ["--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8"]


def provide() -> None:
    """Start what the environment doesn't name, and name it there: child processes use the same servers."""
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_postgres()
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = start_redis()


def temporary_folder() -> Path:
    """A folder that is removed when this process ends; those of killed processes are removed here."""
    for leftover in Path(tempfile.gettempdir()).glob("crowd-tests-*-*"):
        if not Path("/proc", leftover.name.split("-")[2]).exists():
            shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"crowd-tests-{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def start_postgres(*, durable: bool = False) -> str:
    """Run a new PostgreSQL until this process ends, and return its URL; `durable` for tests that crash it."""
    programs, folder, port = postgres_programs(), temporary_folder(), free_port()
    password = secrets.token_hex(16)
    password_file = folder / "password"
    password_file.write_text(password)
    data = folder / "data"
    account = postgres_account(folder)
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "crowd", "-A", "password", "--pwfile", password_file, *INITDB_OPTIONS],
        check=True,
        stdout=subprocess.DEVNULL,
        **account,
    )
    settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
    if not durable:
        settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    options = [word for setting in settings for word in ("-c", setting)]
    run_until_exit([programs / "postgres", "-D", data, *options], signal.SIGQUIT, folder / "log", **account)
    url = f"postgres://crowd:{password}@127.0.0.1:{port}"
    is_ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    wait_until(lambda: subprocess.run(is_ready, check=False).returncode == 0, folder / "log")
    return f"{url}/crowd"


def new_database() -> str:
    """Make an empty database on the server that DATABASE_URL names, and return its URL."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"crowd_{secrets.token_hex(4)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return f"{server}/{name}"


def postgres_programs() -> Path:
    """The folder of `initdb` and `postgres`, which Debian keeps off PATH."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed: install it, or set DATABASE_URL")
    return found[-1]


def postgres_account(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: root runs it as user `postgres`, who then owns its folder."""
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    if os.geteuid() != 0:
        return {"env": environment, "cwd": folder}
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, "postgres", "postgres")
    return {"env": environment, "cwd": folder, "user": "postgres", "group": "postgres", "extra_groups": []}


def start_redis() -> str:
    """Run a new Redis until this process ends, and return its URL."""
    folder, port, password = temporary_folder(), free_port(), secrets.token_hex(16)
    options = [
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--requirepass",
        password,
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    run_until_exit([broker.server_program(), *options], signal.SIGKILL, folder / "log", cwd=folder)
    wait_until(lambda: is_listening(port), folder / "log")
    return f"redis://:{password}@127.0.0.1:{port}/0"


def run_until_exit(command: Sequence[str | Path], stop: signal.Signals, log: Path, **options: Any) -> None:
    """Run a server that gets the signal `stop` when this process ends, even if this process is killed."""
    with log.open("wb") as output:
        server = processes.start(
            command,
            on_orphaned=stop,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **options,
        )

    def end() -> None:
        server.send_signal(stop)
        server.wait(timeout=10)

    atexit.register(end)


def wait_until(ready: Callable[[], bool], log: Path) -> None:
    """Poll until the server answers; show its log if it never does."""
    deadline = time.monotonic() + STARTING_TAKES_AT_MOST
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the server did not start:\n{log.read_text()}")
        time.sleep(0.05)


def free_port() -> int:
    """A TCP port that nothing listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Whether a connection to this port of this machine is accepted."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
