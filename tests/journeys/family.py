"""What the kernel knows of a process and its descendants (Linux's /proc)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told from a later one with the same number by the tick at which it started."""

    pid: int
    started: int
    parent: int = field(compare=False)  # an orphan gets another one

    @property
    def command(self) -> str:
        try:
            return Path(f"/proc/{self.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""


def running() -> set[Process]:
    """Every process of this machine that has not ended (one that only waits to be buried has)."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            if fields[0] not in "ZX":
                found.add(Process(pid=int(entry.name), started=int(fields[19]), parent=int(fields[1])))
    return found


def family(pid: int) -> set[Process]:
    """This process and all that descend from it."""
    everyone = running()
    members = {process for process in everyone if process.pid == pid}
    while more := {process for process in everyone if process.parent in {m.pid for m in members}} - members:
        members |= more
    return members


def listening_ports(members: Iterable[Process]) -> set[int]:
    """The TCP ports on which these processes accept connections."""
    sockets = {target for process in members for target in _open_files(process.pid) if target.startswith("socket:")}
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and f"socket:[{fields[9]}]" in sockets:
                ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports


def _open_files(pid: int) -> set[str]:
    targets = set()
    try:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            targets.add(os.readlink(descriptor))
    except OSError:
        pass  # it ended, or closed the file, meanwhile
    return targets
