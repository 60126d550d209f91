"""python -m benchmarks.work.load: workers who lease and submit over keep-alive connections, in one
cheap process.

It shares two cores with what it measures, so a request must cost it next to nothing: raw sockets,
no threads, and a reply is searched, not parsed. It prints its own CPU.
"""

import argparse
import heapq
import random
import selectors
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.work.client import BUSY, GONE, Client, Reply
from benchmarks.work.tally import Tally

ANSWERS = (b'{"answer":"yes","seconds":1.5}', b'{"answer":"no","seconds":2.5}')
PATIENCE = 30.0  # seconds in which replies may still come when the time is over
WAIT_FOR_TASKS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How the workers of a run behave: in turn with the server, or by `arrivals` of pairs a second
    whatever it does."""

    seconds: float
    ahead: bool = False  # submit with ?next=1
    think: float = 0.0
    arrivals: float | None = None
    pairs: int | None = None  # end after that many, if that comes before the time is over


def run(url: str, project: str, keys: Sequence[str], plan: Plan) -> Tally:
    """Let these workers work to the plan's end, and what they still hold be answered."""
    site = urlsplit(url)
    address = (site.hostname or "", site.port or 80)
    return Load([Client(address, project, key) for key in keys], plan).run()


class Load:
    """The loop that sends and receives for all workers."""

    def __init__(self, clients: Sequence[Client], plan: Plan) -> None:
        self.clients, self.plan, self.tally = clients, plan, Tally()
        self.selector = selectors.DefaultSelector()
        self.waiting: list[tuple[float, int, Client]] = []
        self.rng = random.Random(0)
        self.going = len(clients)
        self.deadline = 0.0

    def run(self) -> Tally:
        cpu, started = time.process_time(), time.perf_counter()
        self.deadline = started + self.plan.seconds
        spread = self._interval() or self.plan.think or 0.1  # not all at once
        for number, client in enumerate(self.clients):
            client.due = started + spread * number / len(self.clients)
            self._wait(client, client.due)
        while self.going and time.perf_counter() < self.deadline + PATIENCE:
            self._turn()
        self.tally.seconds, self.tally.cpu = time.perf_counter() - started, time.process_time() - cpu
        self.tally.unanswered = self.going
        for client in self.clients:
            if client.socket is not None:
                client.socket.close()
        self.selector.close()
        return self.tally

    def _interval(self) -> float:
        """Seconds between the pairs of one worker, where arrivals set the pace."""
        return len(self.clients) / self.plan.arrivals if self.plan.arrivals else 0.0

    def _turn(self) -> None:
        """Send what is due, then take what has come."""
        now = time.perf_counter()
        while self.waiting and (self.waiting[0][0] <= now or now >= self.deadline):
            self._begin(heapq.heappop(self.waiting)[2], now)
        if not self.going:
            return
        end = self.deadline if now < self.deadline else self.deadline + PATIENCE
        until = min(self.waiting[0][0], end) if self.waiting else end
        for ready, _events in self.selector.select(max(until - now, 0)):
            client: Client = ready.data
            if not client.receive():
                self._cut_off(client)
            elif (reply := client.reply()) is not None:
                self._take(client, reply)

    def _wait(self, client: Client, until: float) -> None:
        heapq.heappush(self.waiting, (until, id(client), client))

    def _begin(self, client: Client, now: float) -> None:
        """Send what is next for this worker; when the time is over, only the answer to what is
        still held."""
        if self.plan.pairs and len(self.tally.acknowledged) >= self.plan.pairs:
            self.deadline = min(self.deadline, now)
        over = now >= self.deadline
        if client.token:
            client.answer(self.rng.choice(ANSWERS), ahead=self.plan.ahead and not over)
        elif over:
            self.going -= 1
            return
        else:
            client.ask()
        self._send(client)

    def _send(self, client: Client) -> None:
        if client.socket is None:
            self.selector.register(client.connect(), selectors.EVENT_READ, client)
        try:
            client.send(time.perf_counter())
        except OSError:
            self._cut_off(client)

    def _cut_off(self, client: Client) -> None:
        """A server may close an idle connection at any time: what it did not take is sent again, on
        a new one."""
        assert client.socket is not None
        self.selector.unregister(client.socket)
        client.socket.close()
        client.socket = None
        if not client.request:
            return
        if client.is_new or client.buffer:
            client.request = b""
            self._take(client, Reply(GONE))
        else:
            self.tally.reconnected += 1
            self._send(client)

    def _take(self, client: Client, reply: Reply) -> None:
        """Note the reply, and decide when this worker goes on."""
        now = time.perf_counter()
        self.tally.note(client, reply, now)
        if reply.status not in (*BUSY, GONE):
            client.token = reply.token
        pause = self._pause(client, reply, now)
        if pause:
            self._wait(client, now + pause)
        else:
            self._begin(client, now)

    def _pause(self, client: Client, reply: Reply, now: float) -> float:
        failed = reply.status in (*BUSY, GONE)
        if self._interval():
            if client.verb == "lease" and not failed:
                return 0.0
            client.due = max(client.due + self._interval(), now)
            return client.due - now
        if failed:
            return reply.retry_after or WAIT_FOR_TASKS
        if reply.token:
            return self.plan.think * self.rng.uniform(0.5, 1.5)
        return WAIT_FOR_TASKS if client.verb == "lease" or self.plan.ahead else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="where the site is, such as http://127.0.0.1:8000")
    parser.add_argument("project", help="its slug")
    parser.add_argument("keys", type=Path, help="a file of API keys, one a line: each is a worker")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--think", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--arrivals", type=float, metavar="PAIRS", help="pairs a second, whatever the server does")
    parser.add_argument("--ahead", action="store_true", help="submit with ?next=1")
    options = parser.parse_args()
    plan = Plan(options.seconds, options.ahead, options.think, options.arrivals)
    print(run(options.url, options.project, options.keys.read_text().split(), plan))


if __name__ == "__main__":
    main()
