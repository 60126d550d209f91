"""Processes that never outlive the one that started them (Linux).

Standard library only: the launcher, the web server, the jobs and the tests' servers all use it.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

PR_SET_PDEATHSIG = 1

# Loaded here because a child must not load libraries between fork and exec.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def die_with_parent(parent: int | None = None, signum: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process `signum` when its parent ends, however the parent ends.

    Pass the parent's id where it is known: a parent that ended before this call sends no signal and goes unnoticed.
    """
    if _LIBC is None:
        return
    expected = os.getppid() if parent is None else parent
    if _LIBC.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != expected:
        os.kill(os.getpid(), signum)


def start(
    command: Sequence[str | os.PathLike[str]], *, on_orphaned: signal.Signals = signal.SIGKILL, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that gets the signal `on_orphaned` when this process ends.

    Call it from the main thread: to the kernel the parent is the thread that forked.
    """
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603 - our own commands
        command,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(parent, on_orphaned),  # noqa: PLW1509 - it takes no lock
        **options,
    )
