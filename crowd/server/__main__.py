"""Run the whole service on this machine: `./script/server`, or `python -m crowd.server`.

Standard library only and no Django, so that this process stays small and every mistake is told at once.
"""

import argparse
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd import paths
from crowd.server import broker
from crowd.server.address import Address
from crowd.server.supervisor import ChildFailed, StopRequested, Supervisor

PYTHON = [sys.executable, "-m"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/server", description="Run the whole service until Ctrl-C.")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="stop when this process, our parent, ends")
    parent: int = parser.parse_args().parent
    os.umask(0o077)  # what the service stores is nobody else's
    os.chdir(paths.ROOT)
    data = paths.data_dir()
    try:
        address = Address.from_environment()
        with only_server_of(data), address.listen() as listener:
            return serve(Supervisor(data / "logs", parent), address, listener)
    except (ValueError, OSError) as error:
        tell(f"crowd: {error}")
        return 2


@contextmanager
def only_server_of(data: Path) -> Iterator[None]:
    """Hold the data directory against a second server; the kernel lets go of it when this process ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "server.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            message = f"process {lock.read()} already serves {data}: stop it, or set another CROWD_DATA_DIR and PORT"
            raise ValueError(message) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def serve(supervisor: Supervisor, address: Address, listener: socket.socket) -> int:
    """Start everything, say so, and stay until something ends; return the exit status."""
    os.environ.update(HOST=address.host, PORT=str(address.port), CROWD_DATA_DIR=str(paths.data_dir()))
    try:
        accounts = prepare(supervisor)
        start_web(supervisor, listener)
        supervisor.wait_until(address.answers, seconds=60)
        start_jobs(supervisor)  # after the first page, with which they would compete for the processor
        announce(address, accounts)
        supervisor.wait_until(lambda: False)
    except StopRequested as reason:
        tell(f"Stopping ({reason}) …")
        return 0
    except (ChildFailed, TimeoutError) as failure:
        tell(f"crowd: {failure}")
    finally:
        supervisor.stop()
    return 1


def prepare(supervisor: Supervisor) -> str:
    """See to a broker and a database that are ready for use; return the accounts, or where to make one."""
    if not os.environ.get("REDIS_URL"):
        broker_socket, broker_data = paths.broker_socket(), paths.data_dir() / "broker"
        broker.make_folders(broker_socket, data=broker_data)
        supervisor.start("broker", broker.command(broker_socket, data=broker_data))
        supervisor.wait_until(lambda: broker.answers(broker_socket), seconds=30)
    if os.environ.get("REDIS_URL") or os.environ.get("DATABASE_URL"):
        supervisor.run("reach", [*PYTHON, "crowd.server.reach"], stderr=None)
    demo = [] if os.environ.get("CROWD_DEMO") == "0" else ["--demo"]
    return supervisor.run("prepare", [sys.executable, "manage.py", "prepare", *demo])


def start_web(supervisor: Supervisor, listener: socket.socket) -> None:
    """Hand the port to the web server: from here on it is closed as soon as that ends."""
    with listener:
        fd = listener.fileno()
        command = [*PYTHON, "gunicorn", "--config", "python:crowd.server.web", "--bind", f"fd://{fd}"]
        supervisor.start("web", command, pass_fds=[fd], env=os.environ | {"CROWD_DATABASE_POOL": "1"})


def start_jobs(supervisor: Supervisor) -> None:
    """Start what works in the background, and the clock that makes it look for work."""
    celery = [*PYTHON, "celery", "--app", "crowd.celery"]
    supervisor.start("jobs", [*celery, "worker", "--without-gossip", "--without-mingle"])
    supervisor.start("clock", [*celery, "beat"])


def announce(address: Address, accounts: str) -> None:
    """Tell how to use what now runs."""
    lines = ["", f"Crowd is at {address.url}", ""]
    demo = [line.split() for line in accounts.splitlines() if " " in line]
    lines += [f"  Your account     make it at {link}" for link in accounts.splitlines() if " " not in link]
    if demo:
        width = max(len(email) for email, _password in demo)
        lines += ["  Demo accounts    email and password"]
        lines += [f"    {email:{width}}  {password}" for email, password in demo]
        own = "".join(f"{name}={os.environ[name]} " for name in ("PORT", "CROWD_DATA_DIR") if os.environ.get(name))
        lines += [f"  Simulated work   {own}./script/manage simulate"]
    lines += [f"  Data and logs    {paths.data_dir()}", "  Stop             Ctrl-C", ""]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def tell(message: str) -> None:
    sys.stderr.write(message + "\n")


if __name__ == "__main__":
    sys.exit(main())
