"""Processes that never outlive the one that started them (Linux).

Standard library only: the launcher, the web server, the jobs and the tests' servers all use it.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.context import ForkProcess
from typing import IO, Any

PR_SET_PDEATHSIG = 1
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)  # by the launcher, and not by what it forks

# Loaded here because a child must not load libraries between fork and exec.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def die_with_parent(parent: int | None = None, signum: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process `signum` when its parent ends, however the parent ends.

    Pass the parent's id where it is known: a parent that ended before this call sends no signal and
    goes unnoticed.
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
    """Start a child in a session of its own that gets the signal `on_orphaned` when this process
    ends.

    Call it from the main thread: to the kernel the parent is the thread that forked.
    """
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603 - our own commands
        command,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(parent, on_orphaned),  # noqa: PLW1509 - it takes no lock
        **options,
    )


class Fork(ForkProcess):
    """A process that shares the memory of all that its parent has imported; it answers like a
    `subprocess.Popen`."""

    @property
    def returncode(self) -> int | None:
        return self.exitcode

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.join(timeout)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired(self.name, timeout or 0)
        return self.exitcode


def fork(work: Callable[[], object], *, stdout: IO[bytes], stderr: IO[bytes] | None, close: Iterable[int] = ()) -> Fork:
    """Do the work in a child in a session of its own that is killed when this process ends.

    The child closes the files `close`: one that it kept open would stay locked, or listening, as
    long as it lives.
    """
    parent = os.getpid()

    def run() -> None:
        os.setsid()
        for signum in HANDLED:
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        die_with_parent(parent, signal.SIGKILL)
        os.dup2(stdout.fileno(), 1)
        if stderr is not None:
            os.dup2(stderr.fileno(), 2)
        for descriptor in close:
            os.close(descriptor)
        work()

    child = Fork(target=run)
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)  # one that came now would be handled twice, or lost in the child
    try:
        child.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    return child
