"""What processes cost, by the kernel's own books (Linux's /proc)."""

import os
from pathlib import Path

from tests.journeys.family import family

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of this process, its living descendants, and those of them that have
    ended."""
    return sum(_ticks(process.pid) for process in family(pid)) / TICKS


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0  # its parent's books have it now
    return sum(map(int, fields[11:15]))


def machine_busy_seconds() -> float:
    """What all processors together have worked since the machine was started, time stolen by its
    host included."""
    user, nice, system, _idle, _iowait, *interrupts_and_steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + sum(interrupts_and_steal)) / TICKS


def megabytes(pid: int) -> float:
    """Memory of this process and its descendants, what they share counted once."""
    return sum(_proportional_kilobytes(process.pid) for process in family(pid)) / 1000


def _proportional_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
