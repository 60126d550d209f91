"""The web process: one loop talks to the clients, threads answer whole requests."""

import os
import resource
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import PollableMethodQueue

from crowd.server.gateway import refusals
from crowd.server.gateway.connection import Connection, Stage
from crowd.server.gateway.refusals import Refused
from crowd.server.gateway.serving import serve, vouch

PIECE = 64 * 1024  # bytes that are read at once
TICK = 1.0  # seconds between two looks at who has kept us waiting for too long
FILES_OF_OTHERS = 100  # descriptors for database, logs and what is served
LINGER = 2.0  # seconds in which a stopping process still takes requests that were on their way


T = TypeVar("T")
Work = Callable[[Connection, "GatewayWorker"], T]


class GatewayWorker(Worker):  # type: ignore[misc]
    """A gunicorn worker in which slow clients hold no thread."""

    def init_process(self) -> None:
        self.get_ready()
        os.environ.pop("SCRIPT_NAME", None)  # settings have read it; gunicorn would refuse what does not begin with it
        super().init_process()

    def get_ready(self) -> None:
        """Have what the loop needs before the first client comes."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        # Each connection may hold its socket, a request on the disk and a reply on the disk.
        self.most_connections = max(10, min(self.cfg.worker_connections, (hard - FILES_OF_OTHERS) // 3))
        self.connections: set[Connection] = set()
        self.threads = ThreadPoolExecutor(max_workers=self.cfg.threads)
        self.poller = selectors.DefaultSelector()
        self.done = PollableMethodQueue()
        self.done.init()
        self.next_look = 0.0

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.alive = False
        self.done.defer(lambda: None)  # wakes the loop

    def run(self) -> None:
        self.poller.register(self.done.fileno(), selectors.EVENT_READ, self.done.run_callbacks)
        for listener in self.sockets:
            listener.setblocking(False)
            self.poller.register(listener, selectors.EVENT_READ, self.accept)
        while self.alive:
            self.turn()
        self.finish()

    def finish(self) -> None:
        """Accept nobody any more, and answer those who have sent something."""
        for listener in self.sockets:
            self.poller.unregister(listener)
            listener.close()
        for connection in self.connections:
            if connection.waited_for:
                connection.patience.end_in(LINGER)
        last_moment = time.monotonic() + self.cfg.graceful_timeout
        while self.connections and time.monotonic() < last_moment:
            self.turn()
        self.threads.shutdown(wait=False, cancel_futures=True)

    def turn(self) -> None:
        """Do what there is to do, for a second at most."""
        for key, _events in self.poller.select(TICK):
            key.data(key.fileobj)
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + TICK
            self.notify()
            self.alive = self.alive and self.ppid == os.getppid()
            for connection in [each for each in self.connections if each.patience.ends <= now]:
                self.give_up(connection)

    def accept(self, listener: socket.socket) -> None:
        try:
            sock, peer = listener.accept()
        except OSError:  # another process took it, or it has gone again
            return
        if len(self.connections) >= self.most_connections:
            self.make_room()
        connection = Connection(self.cfg, sock, peer, listener.getsockname())
        self.connections.add(connection)
        self.watch(connection, selectors.EVENT_READ)
        self.go_on(connection)

    def make_room(self) -> None:
        """Part with the client whose patience would end first: those who get on have earned more of
        it."""
        waited_for = [each for each in self.connections if each.waited_for]
        if waited_for:
            self.close(min(waited_for, key=lambda each: each.patience.ends))

    def watch(self, connection: Connection, events: int) -> None:
        """Have the loop go on with the client when it sends, or takes, or not at all."""
        if events == connection.watched_for:
            return
        if not events:
            self.poller.unregister(connection.sock)
        elif connection.watched_for:
            self.poller.modify(connection.sock, events, self.poller.get_key(connection.sock).data)
        else:
            self.poller.register(connection.sock, events, lambda _sock: self.go_on(connection))
        connection.watched_for = events

    def go_on(self, connection: Connection) -> None:
        """The client sends, takes, or has gone."""
        if connection.stage is Stage.SERVED:
            self.watch(connection, 0)  # it sends the next request already, which has to wait
        elif connection.stage is Stage.LEAVING:
            self.attempt(self.write, connection)
        else:
            self.attempt(self.read, connection)

    def attempt(self, step: Callable[..., None], connection: Connection, *arguments: Any) -> None:
        """One step with one client, whose faults are nobody else's."""
        try:
            step(connection, *arguments)
        except BlockingIOError:
            pass
        except Refused as refusal:
            self.refuse(connection, refusal)
        except OSError:
            self.close(connection)
        except Exception:
            self.log.exception("A connection is given up.")
            self.close(connection)

    def read(self, connection: Connection) -> None:
        data = connection.sock.recv(PIECE)
        if not data:
            self.close(connection)
        elif connection.stage is Stage.PARTING:
            connection.patience.earn(len(data))
        else:
            self.take(connection, data)

    def take(self, connection: Connection, data: bytes) -> None:
        """Add to the request; threads look at who sends much, and answer what is whole."""
        connection.take(data)
        if connection.arrival.from_stranger:
            self.watch(connection, 0)
            connection.be_asked_about()
            self.have_done(vouch, connection, self.vouched_for)
        else:
            self.move_on(connection)

    def move_on(self, connection: Connection) -> None:
        if connection.arrival.whole:
            connection.be_served()
            self.have_done(serve, connection, self.answered)
        else:
            connection.invite()

    def have_done(self, work: Work[T], connection: Connection, then: Callable[[Connection, "Future[T]"], None]) -> None:
        """Have a thread do this, and the loop that."""
        task = self.threads.submit(work, connection, self)
        task.add_done_callback(partial(self.done.defer, self.attempt, then, connection))

    def vouched_for(self, connection: Connection, task: "Future[bool]") -> None:
        """The sender is known, or not."""
        if task.cancelled() or task.exception():
            raise refusals.failed()
        if task.result():
            connection.be_vouched_for()
            self.watch(connection, selectors.EVENT_READ)
            self.move_on(connection)
        else:
            raise refusals.unknown_sender()

    def answered(self, connection: Connection, _task: "Future[None]") -> None:
        """The thread is done with the request; the client may not be."""
        connection.leave()
        self.write(connection)

    def write(self, connection: Connection) -> None:
        """Send on; then listen again, or part."""
        connection.outbox.flush()
        if connection.outbox.waiting:
            self.watch(connection, selectors.EVENT_WRITE)
        elif connection.keep:
            self.watch(connection, selectors.EVENT_READ)
            if surplus := connection.expect_another():
                self.take(connection, surplus)
        else:
            self.part(connection)

    def refuse(self, connection: Connection, refusal: Refused) -> None:
        """Answer without the site."""
        try:
            connection.sock.send(refusal.reply())
            self.part(connection)
        except OSError:
            self.close(connection)

    def part(self, connection: Connection) -> None:
        connection.part()
        self.watch(connection, selectors.EVENT_READ)

    def give_up(self, connection: Connection) -> None:
        """Its time is over."""
        if connection.stage is Stage.ARRIVING:
            self.refuse(connection, refusals.too_slow())
        else:
            self.close(connection)

    def close(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.watch(connection, 0)
        with suppress(OSError):
            connection.close()
