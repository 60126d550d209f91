"""Run the whole service on this machine: `./script/server`, or `python -m crowd.server`.

Next to nothing is imported until port and data directory are ours, so that what is wrong with those
is told at once. Then the site is imported, once, and every process but the broker is a fork of this
one: see `site.py`.
"""

import argparse
import fcntl
import os
import socket
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from subprocess import DEVNULL
from typing import IO

from setproctitle import getproctitle

from crowd import paths, processes, room
from crowd.server import broker, site
from crowd.server.address import Address
from crowd.server.supervisor import ChildFailed, Launch, StopRequested, Supervisor
from crowd.server.terminal import tell


class CannotStart(Exception):
    """What was asked for can't be had; the message says what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/server", description="Run the whole service until Ctrl-C.")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="stop when this process, our parent, ends")
    parent: int = parser.parse_args().parent
    os.umask(0o077)  # what the service stores is nobody else's
    os.chdir(paths.ROOT)
    try:
        data = paths.data_dir()
        address = Address.from_environment()
        with only_server_of(data) as lock, address.listen() as listener:
            return serve(Supervisor(data / "logs", parent), address, listener, lock)
    except (CannotStart, ValueError, OSError) as error:
        tell(f"crowd: {error}")
        return 2


@contextmanager
def only_server_of(data: Path) -> Iterator[IO[str]]:
    """Hold the data directory against a second server; the kernel lets go of it when this process
    ends."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "server.lock").open("a+")
    except OSError as error:
        raise CannotStart(
            f"can't write to {data} ({error.strerror}): set CROWD_DATA_DIR to a folder of yours"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            message = f"process {lock.read()} already serves {data}: stop it, or set another CROWD_DATA_DIR and PORT"
            raise CannotStart(message) from error
        if room.is_full(data):
            raise CannotStart(f"the disk of {data} is full: make room, and start again")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def serve(supervisor: Supervisor, address: Address, listener: socket.socket, lock: IO[str]) -> int:
    """Start everything, say so, and keep it running until asked to stop; return the exit status."""
    getproctitle()  # which finds where the title is only as long as the environment is as it was
    os.environ.update(HOST=address.host, PORT=str(address.port), CROWD_DATA_DIR=str(paths.data_dir()))
    try:
        site.load()
        accounts = prepare(supervisor, close=[lock.fileno(), listener.fileno()])
        web = partial(site.answer_requests, listener.fileno())
        supervisor.start("web", fork_for(web, close=[lock.fileno()]))
        supervisor.wait_until(address.answers, seconds=60)
        # After the first page, with which they would compete for the processor.
        for name, work in {"jobs": site.do_jobs, "clock": site.send_jobs}.items():
            supervisor.start(name, fork_for(work, close=[lock.fileno(), listener.fileno()]))
        announce(address, accounts)
        supervisor.keep_running(is_bearable=RoomWatch().look)
    except site.BadSetting as error:
        raise CannotStart(str(error)) from error
    except StopRequested as reason:
        tell(f"Stopping ({reason}) …")
        return 0
    except (ChildFailed, TimeoutError) as failure:
        tell(f"crowd: {failure}")
    finally:
        supervisor.stop()
    return 1


def fork_for(work: Callable[[], object], *, close: Collection[int]) -> Launch:
    """How to start a process that does this, without the files that only we, or only the web
    server, should hold."""
    return lambda log: processes.fork(work, stdout=log, stderr=log, close=close)


def prepare(supervisor: Supervisor, *, close: Collection[int]) -> str:
    """See to a broker and a database that are ready for use; return the accounts, or where to make
    one."""
    if not os.environ.get("REDIS_URL"):
        broker_socket, broker_data = paths.broker_socket(), paths.data_dir() / "broker"
        broker.make_folders(broker_socket, data=broker_data)
        command = broker.command(broker_socket, data=broker_data)
        supervisor.start("broker", lambda log: processes.start(command, stdin=DEVNULL, stdout=log, stderr=log))
        supervisor.wait_until(lambda: broker.answers(broker_socket), seconds=30)
    supervisor.run("reach", lambda output, _log: processes.fork(site.reach, stdout=output, stderr=None, close=close))
    return supervisor.run(
        "prepare", lambda output, log: processes.fork(site.prepare, stdout=output, stderr=log, close=close)
    )


class RoomWatch:
    """Tells when the disk is full, and when there is room again."""

    lacking = False

    def look(self) -> bool:
        """Whether there is room."""
        lacking = room.is_lacking()
        if lacking and not self.lacking:
            tell(
                "crowd: there is no room left to store anything, and what would be stored is answered with 507: make "
                f"some (the data are in {paths.data_dir()})"
            )
        elif self.lacking and not lacking:
            tell("crowd: there is room again.")
        self.lacking = lacking
        return not lacking


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


if __name__ == "__main__":
    sys.exit(main())
