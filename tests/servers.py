"""A PostgreSQL and a Redis of the tests' own: nothing to set up, side by side with the machine's,
gone with the run."""

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
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from crowd import processes
from crowd.server import broker
from tests.journeys.family import family

STARTING_TAKES_AT_MOST = 120.0
INITDB_OPTIONS = ["--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8"]


def provide() -> None:
    """Start what the environment doesn't name, and name it there: child processes use the same
    servers."""
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_postgres()
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = start_redis()


def temporary_folder() -> Path:
    """A folder that is removed when this process ends; those of killed processes are removed
    here."""
    for leftover in Path(tempfile.gettempdir()).glob("crowd-tests-*-*"):
        if not Path("/proc", leftover.name.split("-")[2]).exists():
            shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"crowd-tests-{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def start_postgres() -> str:
    """Run a new PostgreSQL until this process ends, and return its URL."""
    postgres = PostgreSQL()
    postgres.start("fsync=off", "synchronous_commit=off", "full_page_writes=off")
    return f"{postgres.url}/crowd"


class PostgreSQL:
    """A PostgreSQL of a test's own, as durable as it comes, which may be crashed and started again
    on its data."""

    def __init__(self) -> None:
        self._folder, self._port, password = temporary_folder(), free_port(), secrets.token_hex(16)
        self.url = f"postgres://crowd:{password}@127.0.0.1:{self._port}"
        password_file = self._folder / "password"
        password_file.write_text(password)
        self._account = postgres_account(self._folder)
        command: list[str | Path] = [postgres_programs() / "initdb", "-D", self._folder / "data", *INITDB_OPTIONS]
        command += ["-U", "crowd", "-A", "password", "--pwfile", password_file]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._account)

    def start(self, *settings: str) -> None:
        """Run it until this process ends or the test stops it; returns when it answers."""
        log, programs, port = self._folder / "log", postgres_programs(), str(self._port)
        everywhere = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
        options = [word for setting in (*everywhere, *settings) for word in ("-c", setting)]
        command: list[str | Path] = [programs / "postgres", "-D", self._folder / "data", *options]
        self._server = run_until_exit(command, signal.SIGQUIT, log, **self._account)
        is_ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", port]
        wait_until(lambda: subprocess.run(is_ready, check=False).returncode == 0, log)

    def stop_immediately(self) -> None:
        """What `pg_ctl stop -m immediate` does: no connection is closed and nothing is written."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(timeout=30)

    def kill(self) -> None:
        """End every process of it as a lack of memory would."""
        for process in family(self._server.pid):
            with suppress(ProcessLookupError):  # those whose parent is gone end too
                os.kill(process.pid, signal.SIGKILL)
        self._server.wait(timeout=30)


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
    """PostgreSQL refuses to run as root: root runs it as user `postgres`, who then owns its
    folder."""
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    if os.geteuid() != 0:
        return {"env": environment, "cwd": folder}
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, "postgres", "postgres")
    return {"env": environment, "cwd": folder, "user": "postgres", "group": "postgres", "extra_groups": []}


def start_redis() -> str:
    """Run a new Redis until this process ends, and return its URL."""
    redis = Redis()
    redis.start()
    return redis.url


class Redis:
    """A Redis of a test's own, which keeps nothing when it is killed."""

    def __init__(self) -> None:
        self._folder, self.port, self._password = temporary_folder(), free_port(), secrets.token_hex(16)
        self.url = self.url_through(self.port)

    def url_through(self, port: int) -> str:
        """Its URL for who comes by another port that leads to it."""
        return f"redis://:{self._password}@127.0.0.1:{port}/0"

    def start(self) -> None:
        """Run it until this process ends or the test kills it; returns when it answers."""
        log = self._folder / "log"
        options = {"bind": "127.0.0.1", "port": self.port, "requirepass": self._password, "save": ""}
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        command = [broker.server_program(), *words, "--dir", str(self._folder)]
        self._server = run_until_exit(command, signal.SIGKILL, log, cwd=self._folder)
        wait_until(lambda: is_listening(self.port), log)

    def kill(self) -> None:
        self._server.kill()
        self._server.wait()


def run_until_exit(
    command: Sequence[str | Path], stop: signal.Signals, log: Path, **options: Any
) -> subprocess.Popen[bytes]:
    """Run a server that gets the signal `stop` when this process ends, even if this process is
    killed."""
    with log.open("ab") as output:
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
    return server


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
