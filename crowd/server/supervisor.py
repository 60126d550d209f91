"""Processes that live and die together: started in order, watched, stopped in reverse order."""

import math
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from crowd import processes

POLL_SECONDS = 0.1
PATIENCE = 10.0  # seconds between asking a child to end and making it
LARGEST_LOG = 5_000_000  # bytes; a longer one is set aside at the next start


class StopRequested(Exception):
    """A signal, or the end of the process that started us, asks everything to stop."""


class ChildFailed(Exception):
    """A child that should run on has ended, or one that should do its work and end could not."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process under a name that its log carries too."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """Ask it to end; after a while, end it and all that it started."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=PATIENCE)
        self.kill()
        self.process.wait()

    def kill(self) -> None:
        """End it and all that it started, now."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def describe_end(self) -> str:
        """How it ended, and the last that it had to say."""
        status = self.process.returncode
        how = f"exit status {status}" if status >= 0 else signal.Signals(-status).name
        last_words = self.log.read_text(errors="replace").splitlines()[-10:]
        return "\n".join([f"{self.name} ended ({how}). Its log, {self.log}, ends with:", *last_words])


class Supervisor:
    """Starts children and sees to it that none outlives the others, nor this process."""

    def __init__(self, logs: Path, parent: int) -> None:
        self._logs = logs
        self._parent = parent
        self._children: list[Child] = []
        self._stop_reason = ""
        logs.mkdir(parents=True, exist_ok=True)
        self._listen_for_signals()

    def _listen_for_signals(self) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._on_stop)
        if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
            return  # started with nohup: meant to outlive its parent
        signal.signal(signal.SIGHUP, self._on_stop)
        signal.signal(signal.SIGUSR1, self._on_orphaned)
        processes.die_with_parent(self._parent, signal.SIGUSR1)

    def _on_stop(self, signum: int, _frame: FrameType | None) -> None:
        if self._stop_reason:  # asked twice: no more patience
            for child in self._children:
                child.kill()
        self._stop_reason = signal.Signals(signum).name

    def _on_orphaned(self, _signum: int, _frame: FrameType | None) -> None:
        # The kernel also signals the end of the mere thread that started us, which is no reason to stop.
        if os.getppid() != self._parent:
            self._stop_reason = "the process that started it has ended; nohup would keep it running"

    def start(self, name: str, command: Sequence[str], **options: Any) -> None:
        """Start a child that is to run until everything stops."""
        self._children.append(self._spawn(name, command, **options))

    def run(self, name: str, command: Sequence[str], **options: Any) -> str:
        """Run a command to its end and return its output."""
        with tempfile.TemporaryFile() as output:
            child = self._spawn(name, command, stdout=output, **options)
            try:
                self.wait_until(lambda: child.process.poll() is not None)
            finally:
                child.stop()
            if child.process.returncode != 0:
                raise ChildFailed(child.describe_end())
            output.seek(0)
            return output.read().decode()

    def _spawn(self, name: str, command: Sequence[str], **options: Any) -> Child:
        log = self._logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output} | options
            return Child(name, processes.start(command, **streams), log)

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = math.inf) -> None:
        """Watch over the children until the condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"gave up after {seconds:.0f} s: see the logs in {self._logs}")
            if self._stop_reason:
                raise StopRequested(self._stop_reason)
            for child in self._children:
                if child.process.poll() is not None:
                    raise ChildFailed(child.describe_end())
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop the children, the last started first: each may need those before it until its end."""
        while self._children:
            self._children[-1].stop()
            self._children.pop()
