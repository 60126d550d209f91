"""Processes that are started in order, watched, started again when they die, and stopped in reverse
order."""

import math
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from crowd import processes
from crowd.server.terminal import tell

POLL_SECONDS = 0.1
PATIENCE = 10.0  # seconds between asking a child to end and making it
LARGEST_LOG = 5_000_000  # bytes; a longer one is set aside at the next start
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between the death of a child and its next start; doubled each time
TOLD = 3  # the exit status of a child that wrote the reason of its end, in one line, to its output
LIVES = 5  # starts, one soon after the other, after which a child that dies again is not worth another
SOON = 60.0  # seconds; a child that lived longer died of something new

Process = subprocess.Popen[bytes] | processes.Fork
Launch = Callable[[IO[bytes]], Process]  # starts a process that writes to this log


class StopRequested(Exception):
    """A signal, or the end of the process that started us, asks everything to stop."""


class ChildFailed(Exception):
    """A child that should run on has ended, or one that should do its work and end could not."""


@dataclass(slots=True)
class Child:
    """A process under a name that its log carries too."""

    name: str
    launch: Launch
    log: Path
    process: Process = field(init=False)
    started: float = field(init=False)
    deaths: int = 0  # one soon after the other
    due: float | None = None  # when it is started again

    def start(self) -> None:
        """Start it, for the first time or again."""
        with self._open_log() as output:
            self.process = self.launch(output)
        self.started, self.due = time.monotonic(), None

    def _open_log(self) -> IO[bytes]:
        """Its log, or nothing where that can't be opened: a full disk must not keep it from
        running."""
        try:
            if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
                self.log.replace(self.log.with_suffix(".log.1"))
            return self.log.open("ab")
        except OSError:
            return Path(os.devnull).open("ab")

    @property
    def has_died(self) -> bool:
        """Whether it has ended and nobody has seen to it yet."""
        return self.due is None and self.process.poll() is not None

    def mourn(self, *, forgive: bool) -> float:
        """Count this death, unless it is forgiven, set the time of the next start, and return the
        pause until then."""
        self.deaths = 1 if time.monotonic() - self.started > SOON else self.deaths + (not forgive)
        pause = min(FIRST_PAUSE * 2 ** (max(self.deaths, 1) - 1), LONGEST_PAUSE)
        self.due = time.monotonic() + pause
        return pause

    def stop(self) -> None:
        """Ask it to end; after a while, end it and all that it started."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=PATIENCE)
        self.kill()
        self.process.wait()

    def kill(self) -> None:
        """End it and all that it started, now."""
        if pid := self.process.pid:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def describe_end(self) -> str:
        """How it ended, and the last that it had to say."""
        status = self.process.returncode or 0
        how = f"exit status {status}" if status >= 0 else signal.Signals(-status).name
        last_words = self.log.read_text(errors="replace").splitlines()[-10:] if self.log.exists() else []
        return "\n".join([f"{self.name} ended ({how}). Its log, {self.log}, ends with:", *last_words])


class Supervisor:
    """Starts children, keeps them running, and sees to it that none outlives this process."""

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
        # The kernel also signals the end of the mere thread that started us, which is no reason to
        # stop.
        if os.getppid() != self._parent:
            self._stop_reason = "the process that started it has ended; nohup would keep it running"

    def start(self, name: str, launch: Launch) -> None:
        """Start a child that is to run until everything stops."""
        child = Child(name, launch, self._logs / f"{name}.log")
        child.start()
        self._children.append(child)

    def run(self, name: str, launch: Callable[[IO[bytes], IO[bytes]], Process]) -> str:
        """Run a child, which is given a file for its output and its log, to its end; return its
        output."""
        with open(os.memfd_create(name), "w+b") as output:  # in memory: the disk may be full
            child = Child(name, lambda log: launch(output, log), self._logs / f"{name}.log")
            child.start()
            try:
                self.wait_until(lambda: child.process.poll() is not None)
            finally:
                child.stop()
            output.seek(0)
            said = output.read().decode()
        if child.process.returncode != 0:
            raise ChildFailed(said if child.process.returncode == TOLD else child.describe_end())
        return said

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = math.inf) -> None:
        """Watch over the children until the condition holds; one that dies on the way ends
        everything."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"gave up after {seconds:.0f} s: see the logs in {self._logs}")
            self._heed_requests_to_stop()
            for child in self._children:
                if child.has_died:
                    raise ChildFailed(child.describe_end())
            time.sleep(POLL_SECONDS)

    def keep_running(self, *, is_bearable: Callable[[], bool]) -> None:
        """Start children again that die, until one keeps dying although its world is bearable."""
        while True:
            self._heed_requests_to_stop()
            forgive = not is_bearable()
            for child in self._children:
                if child.has_died:
                    self._bury(child, forgive=forgive)
                elif child.due is not None and time.monotonic() >= child.due:
                    self._revive(child)
            time.sleep(POLL_SECONDS)

    def _heed_requests_to_stop(self) -> None:
        if self._stop_reason:
            raise StopRequested(self._stop_reason)

    @staticmethod
    def _bury(child: Child, *, forgive: bool) -> None:
        child.kill()  # what it started
        end, pause = child.describe_end(), child.mourn(forgive=forgive)
        if child.deaths >= LIVES:
            raise ChildFailed(f"{end}\n{child.name} died {LIVES} times, one soon after the other: giving up.")
        tell(f"crowd: {end}\nStarting {child.name} again in {pause:.0f} s.")

    @staticmethod
    def _revive(child: Child) -> None:
        try:
            child.start()
        except OSError as error:  # no memory, or too many processes
            child.due = time.monotonic() + LONGEST_PAUSE
            tell(f"crowd: {child.name} can't be started ({error.strerror}). Next try in {LONGEST_PAUSE:.0f} s.")
        else:
            tell(f"crowd: {child.name} runs again.")

    def stop(self) -> None:
        """Stop the children, the last started first: each may need those before it until its
        end."""
        while self._children:
            self._children[-1].stop()
            self._children.pop()
