"""Who holds a claim: a process of a machine, by a name that no other process ever has.

Whoever sees on the same machine that a holder is dead need not wait until its claims run out.
"""

import os
import secrets
from functools import cache
from pathlib import Path

LENGTH = 80  # characters of a name at most


@cache
def _machine() -> str:
    """This boot of this machine, and of it the part that shares our numbers of processes; empty
    where that is unknown, as then nobody can see who is alive."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def new_holder(pid: int | None = None) -> str:
    """A name for one claim of a process, which is this one unless told otherwise."""
    pid = os.getpid() if pid is None else pid
    return f"{_machine()}/{pid}/{_started(pid)}/{secrets.token_hex(4)}"


def is_dead(holder: str) -> bool:
    """Whether the process is known to have ended. Of another machine's nothing is known."""
    machine, *names = holder.split("/")
    if not machine or machine != _machine() or len(names) != 3:
        return False
    pid, started, _nonce = names
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """When the process was started, in ticks since the machine was: numbers of processes are used
    again. Empty if there is none, or only what is left of one."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
