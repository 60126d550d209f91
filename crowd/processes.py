"""Processes that never outlive the one that started them (Linux)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int | None = None, signum: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process `signum` when its parent ends, however the parent ends.

    Pass the parent's id where it is known: a parent that ended before this call sends no signal and goes unnoticed.
    """
    if not sys.platform.startswith("linux"):
        return
    expected = os.getppid() if parent is None else parent
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != expected:
        os.kill(os.getpid(), signum)
